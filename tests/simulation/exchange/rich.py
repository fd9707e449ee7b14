"""One file of each format that uses everything we know of it, for tests that change it bit by bit.

The fields are those of the published schemas: qbp 2012-12 as BIMP and Apromore write it, BPSim
2.0 with its eight groups of parameters, Prosimos 2.1.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.simulation.exchange.foreign import PROCESS, WEEK, doing, law, model, prosimos, resource

BORDER = """
    <boundaryEvent id="late" attachedToRef="pay"><timerEventDefinition>
      <timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>
    <sequenceFlow id="f7" sourceRef="late" targetRef="merge"/>
"""
WITH_BORDER = PROCESS.replace('<endEvent id="end"/>', '<endEvent id="end"/>' + BORDER)

QBP = model(
    """
<qbp:processSimulationInfo id="q1" version="1" processId="claim" processInstances="500"
    startDateTime="2026-03-02T09:00:00.000Z" currency="CNY">
  <qbp:arrivalRateDistribution type="EXPONENTIAL" mean="0" arg1="1200" arg2="0">
    <qbp:timeUnit>minutes</qbp:timeUnit></qbp:arrivalRateDistribution>
  <qbp:statsOptions trimStartProcessInstances="10" trimEndProcessInstances="5"/>
  <qbp:timetables>
    <qbp:timetable id="T" name="Office" default="true"><qbp:rules>
      <qbp:rule fromTime="09:00:00.000+00:00" toTime="17:00:00.000+00:00"
        fromWeekDay="MONDAY" toWeekDay="FRIDAY"/></qbp:rules></qbp:timetable>
    <qbp:timetable id="N" name="Night" default="false"><qbp:rules>
      <qbp:rule fromTime="18:00" toTime="23:00" fromWeekDay="MONDAY" toWeekDay="SUNDAY"/>
    </qbp:rules></qbp:timetable>
  </qbp:timetables>
  <qbp:resources>
    <qbp:resource id="R1" name="Clerk" totalAmount="3" costPerHour="20" timetableId="T"/>
    <qbp:resource id="R2" name="Cashier" totalAmount="1" costPerHour="30" timetableId="N"/>
  </qbp:resources>
  <qbp:elements>
    <qbp:element id="e1" elementId="check" fixedCost="3" costThreshold="50"
        durationThreshold="900" simulateAsTask="false">
      <qbp:durationDistribution type="LOGNORMAL" mean="900" arg1="90000" arg2="0">
        <qbp:timeUnit>minutes</qbp:timeUnit></qbp:durationDistribution>
      <qbp:durationThresholdTimeUnit>minutes</qbp:durationThresholdTimeUnit>
      <qbp:resourceIds><qbp:resourceId>R1</qbp:resourceId></qbp:resourceIds>
    </qbp:element>
    <qbp:element id="e2" elementId="pay"><qbp:durationDistribution type="HISTOGRAM">
      <qbp:histogramDataBins>
        <qbp:histogramData probability="25"><qbp:distribution type="FIXED" mean="60"/>
        </qbp:histogramData>
        <qbp:histogramData probability="75"><qbp:distribution type="UNIFORM" arg1="60" arg2="120"/>
        </qbp:histogramData>
      </qbp:histogramDataBins></qbp:durationDistribution>
      <qbp:resourceIds><qbp:resourceId>R2</qbp:resourceId></qbp:resourceIds></qbp:element>
    <qbp:element id="e3" elementId="refuse">
      <qbp:durationDistribution type="TRIANGULAR" mean="120" arg1="60" arg2="600"/>
      <qbp:resourceIds><qbp:resourceId>R1</qbp:resourceId></qbp:resourceIds></qbp:element>
    <qbp:element id="e4" elementId="post">
      <qbp:durationDistribution type="NORMAL" mean="600" arg1="60"/>
      <qbp:resourceIds/></qbp:element>
  </qbp:elements>
  <qbp:sequenceFlows>
    <qbp:sequenceFlow elementId="yes" executionProbability="0.7"/>
    <qbp:sequenceFlow elementId="no" executionProbability="0.3"/>
  </qbp:sequenceFlows>
</qbp:processSimulationInfo>"""
)

_WEEKDAYS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART:20260302T{begins}
DTEND:20260302T{ends}
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
END:VEVENT
END:VCALENDAR"""
_OFFICE = _WEEKDAYS.format(begins="090000", ends="170000")
_EVENING = _WEEKDAYS.format(begins="170000", ends="200000")
BPSIM = model(
    f"""<resource id="R1" name="Clerk"/><resource id="R2" name="Cashier"/>
<relationship type="BPSimData"><extensionElements><bpsim:BPSimData>
<bpsim:Scenario id="s" name="As is" description="d" created="2026-01-01T00:00:00" author="Alice"
    vendor="v" version="1" modified="2026-01-02T00:00:00">
  <bpsim:ScenarioParameters baseTimeUnit="min" baseCurrencyUnit="CNY" replication="7" seed="3"
      baseResultFrequency="PT1H" baseResultFrequencyCumul="false" traceOutput="false">
    <bpsim:Start><bpsim:DateTimeParameter value="2026-03-02T08:00:00"/></bpsim:Start>
    <bpsim:Duration><bpsim:DurationParameter value="P5D"/></bpsim:Duration>
    <bpsim:Warmup><bpsim:FloatingParameter value="120" timeUnit="min"/></bpsim:Warmup>
    <bpsim:PropertyParameters><bpsim:Property name="g"><bpsim:FloatingParameter value="1"/>
    </bpsim:Property></bpsim:PropertyParameters>
  </bpsim:ScenarioParameters>
  <bpsim:ElementParameters id="p1" elementRef="start">
    <bpsim:ControlParameters>
      <bpsim:InterTriggerTimer>
        <bpsim:NegativeExponentialDistribution mean="20" validFor="C"/>
        <bpsim:NegativeExponentialDistribution mean="40" validFor="E" timeUnit="min"/>
      </bpsim:InterTriggerTimer>
      <bpsim:TriggerCount><bpsim:NumericParameter value="900"/></bpsim:TriggerCount>
    </bpsim:ControlParameters>
    <bpsim:PropertyParameters>
      <bpsim:Property name="kind" type="string"><bpsim:UserDistribution discrete="true">
        <bpsim:UserDistributionDataPoint probability="0.2"><bpsim:StringParameter value="VIP"/>
        </bpsim:UserDistributionDataPoint>
        <bpsim:UserDistributionDataPoint probability="0.8"><bpsim:EnumParameter value="other"/>
        </bpsim:UserDistributionDataPoint></bpsim:UserDistribution></bpsim:Property>
      <bpsim:Property name="amount"><bpsim:UniformDistribution min="1" max="5"/></bpsim:Property>
      <bpsim:Property name="is_new"><bpsim:BooleanParameter value="true"/></bpsim:Property>
    </bpsim:PropertyParameters>
  </bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="check">
    <bpsim:TimeParameters>
      <bpsim:TransferTime><bpsim:FloatingParameter value="1"/></bpsim:TransferTime>
      <bpsim:QueueTime><bpsim:FloatingParameter value="2"/></bpsim:QueueTime>
      <bpsim:WaitTime><bpsim:FloatingParameter value="3"/></bpsim:WaitTime>
      <bpsim:SetUpTime><bpsim:FloatingParameter value="4"/></bpsim:SetUpTime>
      <bpsim:ProcessingTime><bpsim:LogNormalDistribution mean="9" standardDeviation="2"/>
        <bpsim:FloatingParameter value="8" validFor="E"/>
        <bpsim:ResultRequest>mean</bpsim:ResultRequest></bpsim:ProcessingTime>
      <bpsim:ValidationTime><bpsim:FloatingParameter value="5"/></bpsim:ValidationTime>
      <bpsim:ReworkTime><bpsim:FloatingParameter value="6"/></bpsim:ReworkTime>
      <bpsim:ElapsedTime><bpsim:FloatingParameter value="7" result="mean"/></bpsim:ElapsedTime>
    </bpsim:TimeParameters>
    <bpsim:ResourceParameters>
      <bpsim:Selection><bpsim:ExpressionParameter
        value="bpsim:orResource(bpsim:getResource('Clerk',1),bpsim:getResource('Cashier',1))"/>
      </bpsim:Selection>
      <bpsim:Role><bpsim:StringParameter value="expert"/></bpsim:Role>
      <bpsim:Quantity><bpsim:NumericParameter value="2"/></bpsim:Quantity>
    </bpsim:ResourceParameters>
    <bpsim:PriorityParameters>
      <bpsim:Interruptible><bpsim:BooleanParameter value="true"/></bpsim:Interruptible>
      <bpsim:Priority><bpsim:NumericParameter value="2"/></bpsim:Priority>
    </bpsim:PriorityParameters>
    <bpsim:CostParameters>
      <bpsim:FixedCost><bpsim:FloatingParameter value="3" currencyUnit="EUR"/></bpsim:FixedCost>
      <bpsim:UnitCost><bpsim:FloatingParameter value="0.25"/></bpsim:UnitCost>
    </bpsim:CostParameters>
    <bpsim:PropertyParameters><bpsim:Property name="seen"><bpsim:FloatingParameter value="1"/>
    </bpsim:Property></bpsim:PropertyParameters>
  </bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="pay">
    <bpsim:ControlParameters>
      <bpsim:Probability><bpsim:FloatingParameter value="0.5"/></bpsim:Probability>
    </bpsim:ControlParameters>
    <bpsim:TimeParameters><bpsim:ProcessingTime>
      <bpsim:TruncatedNormalDistribution mean="60" standardDeviation="30" min="0" max="120"/>
    </bpsim:ProcessingTime></bpsim:TimeParameters>
    <bpsim:ResourceParameters><bpsim:Selection>
      <bpsim:ExpressionParameter value="getResource('Cashier')"/>
    </bpsim:Selection></bpsim:ResourceParameters>
  </bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="late">
    <bpsim:ControlParameters>
      <bpsim:Probability><bpsim:FloatingParameter value="0.25"/></bpsim:Probability>
      <bpsim:InterTriggerTimer><bpsim:DurationParameter value="PT90M"/></bpsim:InterTriggerTimer>
      <bpsim:Condition><bpsim:ExpressionParameter value="true"/></bpsim:Condition>
    </bpsim:ControlParameters>
  </bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="post">
    <bpsim:TimeParameters>
      <bpsim:WaitTime><bpsim:ErlangDistribution k="3" mean="6"/></bpsim:WaitTime>
      <bpsim:ProcessingTime><bpsim:FloatingParameter value="6"/></bpsim:ProcessingTime>
    </bpsim:TimeParameters>
  </bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="yes"><bpsim:ControlParameters>
    <bpsim:Probability><bpsim:FloatingParameter value="0.7"/>
      <bpsim:FloatingParameter value="0.6" validFor="E"/></bpsim:Probability>
  </bpsim:ControlParameters></bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="f1"><bpsim:ControlParameters>
    <bpsim:Probability><bpsim:FloatingParameter value="0.4"/></bpsim:Probability>
  </bpsim:ControlParameters></bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="R1">
    <bpsim:ResourceParameters>
      <bpsim:Quantity><bpsim:NumericParameter value="2" validFor="C"/>
        <bpsim:NumericParameter value="1" validFor="E"/></bpsim:Quantity>
      <bpsim:Availability><bpsim:BooleanParameter value="true" validFor="C"/></bpsim:Availability>
    </bpsim:ResourceParameters>
    <bpsim:CostParameters>
      <bpsim:FixedCost><bpsim:FloatingParameter value="2"/></bpsim:FixedCost>
      <bpsim:UnitCost><bpsim:FloatingParameter value="0.5"/>
        <bpsim:FloatingParameter value="0.75" validFor="E"/></bpsim:UnitCost>
    </bpsim:CostParameters>
  </bpsim:ElementParameters>
  <bpsim:ElementParameters elementRef="R2">
    <bpsim:ResourceParameters>
      <bpsim:Quantity><bpsim:NumericParameter value="4"/></bpsim:Quantity>
      <bpsim:Availability><bpsim:BooleanParameter value="true" validFor="E"/></bpsim:Availability>
    </bpsim:ResourceParameters>
  </bpsim:ElementParameters>
  <bpsim:Calendar id="C" name="Office">{_OFFICE}</bpsim:Calendar>
  <bpsim:Calendar id="E" name="Evening">{_EVENING}</bpsim:Calendar>
  <bpsim:VendorExtension name="x"><any>1</any></bpsim:VendorExtension>
</bpsim:Scenario></bpsim:BPSimData></extensionElements></relationship>""",
    process=WITH_BORDER,
)


_KIND = [{"key": "VIP", "value": 0.25}, {"key": "OTHER", "value": 0.75}]
_VIP = {"attribute": "kind", "comparison": "=", "value": "VIP"}
_RULE = {"attribute": "size", "comparison": ">=", "value": 3}
_WAIT = {"attribute": "large_wt", "comparison": ">", "value": 600}
_EVERYTHING = {
    'resource_profiles': [
        {
            "id": "staff",
            "name": "Staff",
            "resource_list": [
                resource("ann", amount=2, assignedTasks=["check", "pay"]),
                resource("bo", cost_per_hour=35, calendar="late", assignedTasks=["pay"]),
            ],
        }
    ],
    'resource_calendars': [
        {"id": "office", "name": "Office", "time_periods": WEEK},
        {"id": "late", "name": "Late", "time_periods": [
            {"from": "MONDAY", "to": "SATURDAY", "beginTime": "12:00:00", "endTime": "20:00:00",
             "probability": 0.9}]},
    ],
    'task_resource_distribution': [
        doing("check", ann=law("lognorm", 900, 90_000, 0, 1e9)),
        doing("pay", ann=law("norm", 600, 60, 0, 1e5), bo=law("gamma", 500, 4e4, 0, 1e9)),
        doing("refuse", bo=law("fix", 300)),
    ],
    'case_attributes': [
        {"name": "kind", "type": "discrete", "values": _KIND},
        {"name": "amount", "type": "continuous", "values": law("uniform", 10, 200)},
    ],
    'branch_rules': [{"id": "is_vip", "rules": [[_VIP]]}],
    'prioritisation_rules': [{"priority_level": 1, "rules": [[_VIP]]}],
    'batch_processing': [
        {
            "task_id": "refuse",
            "type": "Parallel",
            "size_distrib": [{"key": "3", "value": 1.0}],
            "duration_distrib": [{"key": "3", "value": 0.8}],
            "firing_rules": [[_RULE], [_WAIT]],
        }
    ],
    'event_attributes': [{"event_id": "pay", "attributes": []}],
    'global_attributes': [{"name": "g", "type": "discrete", "values": _KIND}],
    'multitask': {"type": "local", "values": []},
    'gateway_execution_limit': 1000,
    'granule_size': {"value": 60, "time_unit": "MINUTES"},
    'model_type': "CRISP",
    'simulation_type': "x",
}  # fmt: skip


def rich_prosimos() -> dict[str, Any]:
    """Return a file of Prosimos with everything that is known of it."""
    document = prosimos(**deepcopy(_EVERYTHING))
    document["gateway_branching_probabilities"][0]["probabilities"][0]["condition_id"] = "is_vip"
    return document

import { mountDiagrams } from '../bpmn/viewer.js';

mountDiagrams();

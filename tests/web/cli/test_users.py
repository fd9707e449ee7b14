"""``twinflow user``."""


def test_added_person_is_listed(cli):
    cli("user", "add", "olga", "--group", "desk", "--role", "manager", "--password", "long enough")

    (person,) = cli("user", "list", "--json").document

    assert (person["id"], person["groups"], person["roles"]) == ("olga", ["desk"], ["manager"])


def test_user_name_is_taken_once(clinic):
    refusal = clinic("user", "add", "alice", "--password", "long enough")

    assert refusal.status == 1
    assert "alice" in refusal.err


def test_short_password_is_wrong_input(clinic):
    assert clinic("user", "password", "alice", "--password", "short").status == 2


def test_password_is_for_people_who_exist(clinic):
    refusal = clinic("user", "password", "nobody", "--password", "long enough")

    assert refusal.status == 1
    assert "there is no user 'nobody'" in refusal.err

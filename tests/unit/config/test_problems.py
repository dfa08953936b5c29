from collector.config.names import Guesser
from collector.config.problems import Problem, Severity, closest, did_you_mean, draw, draw_all
from collector.model import Place

PLACE = Place("city.yml", 3, 5)


def test_two_lines_and_the_culprit_between_arrows():
    problem = Problem(PLACE, "unknown key 'citi'", "did you mean 'city'?", excerpt="    citi: x", width=4)
    assert draw(problem) == "city.yml:3:5: unknown key 'citi'\n    3 | >>citi<<: x   (did you mean 'city'?)"
    assert "\033[4mciti\033[24m" in draw(problem, colour=True)
    assert str(problem) == "city.yml:3:5: unknown key 'citi' — did you mean 'city'?"


def test_what_a_file_holds_cannot_draw_on_the_terminal():
    problem = Problem(PLACE, "x", excerpt="    \x1b[2J\x07 y", width=1)
    assert "\x1b" not in draw(problem)


def test_a_long_line_is_cut():
    problem = Problem(Place("x.yml", 1, 5_000), "x", excerpt="y" * 10_000, width=3_000)
    assert len(draw(problem)) < 400


def test_sorted_once_and_counted():
    first, second = Problem(PLACE, "a"), Problem(Place("a.yml", 9, 1), "b", severity=Severity.WARNING)
    text = draw_all([first, second, first])
    assert text == "a.yml:9:1: warning: b\ncity.yml:3:5: a\n1 error, 1 warning\n"
    assert draw_all([]) == ""


def test_a_typing_mistake_is_guessed_and_a_stranger_is_not():
    assert closest("profil", ["profile", "poll", "port"]) == "profile"
    assert closest("PROFILE", ["profile"]) == "profile"
    assert closest("colour", ["profile", "poll"]) is None
    assert did_you_mean("ag-3", ["ag-2", "ag-1"]) == "did you mean 'ag-1' or 'ag-2'?"
    assert did_you_mean("rt-00000", [f"rt-0000{n}" for n in range(1, 9)]) is None


def test_guessing_is_bounded():
    guesser = Guesser(left=1)
    assert guesser.hint("citi", ["city"]) == "did you mean 'city'?"
    assert guesser.hint("citi", ["city"]) is None

"""Tests of policies as JUnit XML, for CI."""

import xml.etree.ElementTree as ET
from itertools import groupby

from neuralnav.cli.policy_text import failure_lines, verdict
from neuralnav.model.policy_report import CaseResult, PolicyTestReport


def junit(report: PolicyTestReport) -> str:
    """Return the tests as JUnit XML: a suite for each policy, the problems in a suite of their own."""
    failures = sum(1 for item in report.cases if not item.passed)
    root = ET.Element("testsuites", name="neuralnav policy test", tests=str(len(report.cases) + len(report.problems)),
                      failures=str(failures), errors=str(len(report.problems)))  # fmt: skip
    for policy, group in groupby(report.cases, key=lambda item: item.policy):
        _suite(root, policy, list(group))
    if report.problems:
        count = str(len(report.problems))
        suite = ET.SubElement(root, "testsuite", name="errors", tests=count, failures="0", errors=count, skipped="0")
        for item in report.problems:
            place = f"{item.where.file}:{item.where.line}:{item.where.column}"
            case = ET.SubElement(suite, "testcase", classname="errors", name=_xml(place))
            ET.SubElement(case, "error", message=_xml(item.message)).text = _xml(f"{place}  {item.message} {item.hint}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, policy: str, cases: list[CaseResult]) -> None:
    failed = sum(1 for item in cases if not item.passed)
    suite = ET.SubElement(root, "testsuite", name=policy, tests=str(len(cases)), failures=str(failed), errors="0",
                          skipped="0")  # fmt: skip
    for item in cases:
        case = ET.SubElement(suite, "testcase", classname=policy, name=_xml(item.case), file=_xml(item.where.file),
                             line=str(item.where.line))  # fmt: skip
        for rule in item.rules:
            if not rule.passed:
                failure = ET.SubElement(case, "failure", type=rule.got, message=_xml(verdict(rule)))
                failure.text = _xml("\n".join(failure_lines(item)))


def _xml(text: str) -> str:
    """Return the text without characters that XML cannot hold."""
    return "".join(c if c in "\t\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

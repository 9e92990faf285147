"""WCAG 2.2 AA of a page as a browser shows it, by axe-core (inside the wheel `axe-playwright-python`: no download)."""

from axe_playwright_python.sync_playwright import Axe

# What WCAG 2.2 AA asks for. Of the findings, those fail that keep somebody from using the page.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
FAILING = ("serious", "critical")


def axe(page, scope=None, ignore=()):
    """Return what keeps people from using the page, as readable lines; none if all is well.

    Use it so: ``self.assertFalse(axe(page))``.

    :param page: Playwright's page, shown and settled
    :param str scope: CSS selector of the part to look at; by default all of the page
    :param ignore: ids of axe's rules that do not hold for this page, with a reason beside the call
    :return: list of ``"rule: what is wrong: where"``
    """
    found = Axe().run(page, context=scope, options=RULES).response["violations"]
    return [
        f"{page.url}: {violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}"
        for violation in found
        if violation["impact"] in FAILING and violation["id"] not in ignore
        for node in violation["nodes"]
    ]


def spills(page):
    """Return by how many pixels the page is wider than the screen: 0 where nobody has to push it sideways."""
    return page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth")


def small_targets(page, least=44):
    """Return the buttons, fields and links outside of running text that are smaller than a fingertip, as lines."""
    return page.evaluate(
        """least => [...document.querySelectorAll(
            "button, .btn, select, summary, nav a, .o_cpa_choice, input:not([type=hidden],[type=radio],[type=checkbox])"
        )].filter(node => node.checkVisibility() && !node.closest(".o_cpa_honeypot")).map(node => {
            const box = node.getBoundingClientRect();
            return [box, `${node.outerHTML.slice(0, 80)}: ${Math.round(box.width)}x${Math.round(box.height)}`];
        }).filter(([box]) => box.width > 1 && Math.min(box.width, box.height) < least - 0.5).map(([, text]) => text)""",
        least,
    )

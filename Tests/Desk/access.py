"""What a page owes to people with a keyboard, a screen reader, weak eyes or a small screen.

The rules are those of WCAG 2.2 AA that a program can check; each is looked up in the page as the
browser has laid it out, light and dark, wide and narrow.
"""

RULES = r"""
const wrong = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const seen = (element) => element.checkVisibility({checkVisibilityCSS: true})
    && element.getClientRects().length > 0;
const name = (element) => (element.id ? '#' + element.id + ' ' : '')
    + element.outerHTML.slice(0, 120);
const spoken = (element) => (element.getAttribute('aria-label')
    || (element.getAttribute('aria-labelledby') || '').split(' ')
        .map((id) => (document.getElementById(id) || {}).textContent || '').join(' ')
    || [...(element.labels || [])].map((label) => label.textContent).join(' ')
    || element.textContent || '').trim();

if (!document.documentElement.lang) wrong.push('the page has no language');
if (!document.title.trim()) wrong.push('the page has no title');
if (all('main').length !== 1) wrong.push('not exactly one main');
if (all('h1').length !== 1) wrong.push('not exactly one h1');
let last = 0;
for (const heading of all('h1,h2,h3,h4,h5,h6')) {
  const level = Number(heading.tagName[1]);
  if (level > last + 1) wrong.push('a level is left out before ' + name(heading));
  last = level;
}
const ids = all('[id]').map((element) => element.id);
const once = new Set();
for (const id of ids) { if (once.has(id)) wrong.push('doubled id: ' + id); once.add(id); }
for (const control of all('input:not([type=hidden]),select,textarea,button,a[href],summary'))
  if (!spoken(control)) wrong.push('nothing is said of ' + name(control));
for (const part of all('nav,section'))
  if (!spoken(part)) wrong.push('a landmark without a name: ' + name(part));
for (const picture of all('svg,img'))
  if (picture.getAttribute('role') !== 'img' || !spoken(picture))
    wrong.push('a picture without words: ' + name(picture));
for (const head of all('th')) if (!head.scope) wrong.push('a th without scope: ' + name(head));
for (const table of all('table'))
  if (!table.querySelector('th')) wrong.push('a table without headings: ' + name(table));
for (const odd of all('[tabindex]')) if (odd.tabIndex > 0) wrong.push('its own order: ' + name(odd));
for (const link of all('a[href^="#"]'))
  if (!document.getElementById(decodeURIComponent(link.hash.slice(1))))
    wrong.push('leads nowhere: ' + name(link));
for (const list of all('ul,ol'))
  for (const child of list.children)
    if (child.tagName !== 'LI') wrong.push('no list item: ' + name(child));
if (!document.querySelector('a.skip')) wrong.push('no skip link');
for (const control of all('button,input:not([type=hidden]),select,textarea')) {
  if (!seen(control)) continue;
  const box = control.getBoundingClientRect();
  // Spacing counts: a small box may have room around it.
  const room = (control.closest('td,.opt,label') || control).getBoundingClientRect();
  if (Math.max(box.height, room.height) < 24 || Math.max(box.width, room.width) < 24)
    wrong.push('smaller than 24 px: ' + name(control));
}
if (document.documentElement.scrollWidth > innerWidth + 1)
  wrong.push('wider than the screen by ' + (document.documentElement.scrollWidth - innerWidth));
for (const table of all('.queue'))
  if (innerWidth >= 1280 && table.parentElement.scrollWidth > table.parentElement.clientWidth)
    wrong.push('a column of the queue is out of sight');
for (const value of all('.queue .id:not(.brk)'))
  if (seen(value) && !/\s/.test(value.textContent) && value.getClientRects().length > 1)
    wrong.push('broken within a word: ' + value.textContent);

// Contrast of every text with what is painted under it.
const parse = (text) => {
  const part = text.match(/[\d.]+/g).map(Number);
  return {rgb: part.slice(0, 3), alpha: part.length > 3 ? part[3] : 1};
};
const light = (rgb) => rgb.map((part) => part / 255)
  .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.alpha === 1) return colour.rgb;
    if (colour.alpha > 0) wrong.push('a half transparent ground: ' + name(at));
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
const told = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !seen(element)) continue;
  if (element.closest('option,style,title,desc')) continue;
  const style = getComputedStyle(element);
  const under = ground(element);
  const [one, other] = [light(parse(style.color).rgb), light(under)];
  const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  texts += 1;
  const key = style.color + under;
  if (ratio < (large ? 3 : 4.5) && !told.has(key)) {
    told.add(key);
    wrong.push('contrast ' + ratio.toFixed(2) + ': ' + name(element));
  }
}
if (!texts) wrong.push('no text was looked at');
return wrong;
"""

FOCUSABLE = ("a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex]")

FOCUS = """
const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
return [[...document.querySelectorAll('*')].indexOf(at),
  style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  box.width > 0 && box.left >= 0 && box.bottom > 0];
"""


def check(browser, page):
    """Everything that is wrong with the page that the browser shows, wide and narrow, by day and
    by night."""
    for width, dark in ((390, False), (768, False), (1280, True)):
        browser.look(width, dark=dark)
        wrong = browser.script(RULES)
        assert not wrong, (page, width, "dark" if dark else "light", wrong[:8])
    browser.look(1280)


def walk(browser):
    """Goes through the page with the tab key: everything is reached in order, and is seen to be."""
    browser.script("document.activeElement.blur(); scrollTo(0, 0)")
    count = browser.script(f"return document.querySelectorAll('{FOCUSABLE}').length")
    places = []
    for _ in range(min(count, 60)):
        browser.press("Tab")
        place, outline, shown = browser.script(FOCUS)
        assert outline, ("no outline", place)
        assert shown, ("out of sight", place)
        places.append(place)
    assert places == sorted(places) and len(set(places)) == len(places), places
    first = browser.script("return document.querySelector('a[href]').className")
    assert first == "skip", first

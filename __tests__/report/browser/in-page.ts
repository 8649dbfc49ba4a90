/** What runs in the page: each function stands for itself, because the browser gets its text only. */

/** A text that a reader does not see whole. */
export function clippedTexts(): string[] {
  const width = document.documentElement.clientWidth;
  const found =
    document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement!;
    const text = node.textContent!.trim();
    if (
      text === "" ||
      parent.closest("script,style,title,desc,caption,thead,.skip,details:not([open]) > :not(summary)")
    )
      continue;
    // What is scrolled is not cut.
    if (!parent.checkVisibility() || parent.closest(".scroll")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, width: own } of range.getClientRects()) {
      if (own > 0 && (left < -0.5 || right > width + 0.5)) found.push(`${text}: from ${left} to ${right} of ${width}`);
    }
    const drawing = parent.closest("svg");
    const box = drawing?.getBoundingClientRect();
    const own = range.getBoundingClientRect();
    if (
      box &&
      (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1)
    )
      found.push(`${text}: beyond its drawing`);
    for (let each: HTMLElement | null = parent; each && !drawing; each = each.parentElement) {
      const { overflowX } = getComputedStyle(each);
      if (overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1 && each !== document.body)
        found.push(`${text}: cut by ${each.tagName}`);
    }
  }
  return found;
}

/** Texts whose contrast to what is behind them is less than WCAG 2 asks for at level AA. */
export function paleTexts(): string[] {
  type Colour = [red: number, green: number, blue: number, alpha: number];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const known = new Map<string, Colour>();
  const read = (text: string): Colour => {
    const before = known.get(text);
    if (before) return before;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
    const colour: Colour = [red, green, blue, alpha / 255];
    known.set(text, colour);
    return colour;
  };
  const over = ([r, g, b, a]: Colour, [x, y, z]: Colour): Colour => [
    r * a + x * (1 - a),
    g * a + y * (1 - a),
    b * a + z * (1 - a),
    1,
  ];
  const luminance = ([r, g, b]: Colour) => {
    const [x = 0, y = 0, z = 0] = [r, g, b].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (a: Colour, b: Colour) => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element: Element | null): Colour => {
    if (!element) return read(matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff");
    const colour = read(getComputedStyle(element).backgroundColor);
    return colour[3] === 1 ? colour : over(colour, behind(element.parentElement));
  };
  /** What is painted below the middle of a text: its halo, or the last shape there, or the page. */
  const drawnBehind = (text: SVGTextContentElement): Colour => {
    const { stroke, strokeWidth } = getComputedStyle(text);
    if (stroke !== "none" && Number.parseFloat(strokeWidth) >= 2) return read(stroke);
    const { x, y, width, height } = text.getBoundingClientRect();
    const root = text.closest("svg")!;
    let colour = behind(root);
    for (const shape of root.querySelectorAll<SVGGeometryElement>("rect,path,circle,ellipse,polygon")) {
      if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
      const { fill, fillOpacity } = getComputedStyle(shape);
      const matrix = shape.getScreenCTM();
      if (fill === "none" || !matrix) continue;
      const point = new DOMPoint(x + width / 2, y + height / 2).matrixTransform(matrix.inverse());
      if (!shape.isPointInFill(point)) continue;
      const [r, g, b, a] = read(fill);
      colour = over([r, g, b, a * Number(fillOpacity)], colour);
    }
    return colour;
  };
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement!;
    const text = node.textContent!.trim();
    if (text === "" || parent.closest("script,style,title,desc") || !parent.checkVisibility()) continue;
    const style = getComputedStyle(parent);
    const isDrawn = parent instanceof SVGTextContentElement;
    const ground = isDrawn ? drawnBehind(parent) : behind(parent);
    const colour = over(read(isDrawn ? style.fill : style.color), ground);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const measured = ratio(colour, ground);
    if (measured < (isLarge ? 3 : 4.5))
      found.push(`${measured.toFixed(2)} ${text.slice(0, 40)} (${colour.join()} on ${ground.join()})`);
  }
  return found;
}

/** Visible places that open a resource, by a number that the page keeps on each. */
export function numberNodes(): number {
  const all = [...document.querySelectorAll<HTMLElement | SVGElement>("[data-address]")].filter((each) =>
    each.checkVisibility(),
  );
  all.forEach((each, index) => {
    each.setAttribute("data-test-number", String(index));
  });
  return all.length;
}

/** The number of what has the focus, and whether one sees that it has. */
export function focused(): { number?: string; isSeen: boolean; isStart: boolean } {
  const element = document.activeElement!;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const number = element.getAttribute("data-test-number") ?? undefined;
  return { number, isSeen: outlineStyle !== "none" && outlineWidth !== "0px", isStart: element === document.body };
}

/** Whether the details of a resource are shown, and where the focus is. */
export function dialogState(): { isOpen: boolean; text: string; isInside: boolean; focus: string | null } {
  const dialog = document.querySelector("dialog")!;
  const active = document.activeElement;
  return {
    isOpen: dialog.open,
    text: dialog.textContent ?? "",
    isInside: dialog.contains(active),
    focus: active?.getAttribute("data-test-number") ?? null,
  };
}

/** What somebody who does not see the page misses: names, the order of headings, scopes of headers. */
export function namelessParts(): string[] {
  const found: string[] = [];
  const open = document.querySelector("dialog[open]");
  let level = open ? 1 : 0;
  for (const heading of (open ?? document).querySelectorAll("h1,h2,h3,h4")) {
    const own = Number(heading.tagName.slice(1));
    if (own > level + 1) found.push(`${heading.textContent} is an h${own} after an h${level}`);
    level = own;
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  for (const header of document.querySelectorAll("th")) {
    if (!header.scope || !header.textContent?.trim())
      found.push(`a header without a scope or text: ${header.outerHTML}`);
  }
  for (const table of document.querySelectorAll("table"))
    if (!table.caption?.textContent) found.push("a nameless table");
  for (const used of document.querySelectorAll("button,a,summary,input,select,textarea,[role=button],[role=region]")) {
    const label =
      used instanceof HTMLInputElement || used instanceof HTMLSelectElement || used instanceof HTMLTextAreaElement;
    const name = label ? used.labels?.[0]?.textContent : (used.getAttribute("aria-label") ?? used.textContent);
    if (!name?.trim()) found.push(`nameless: ${used.outerHTML.slice(0, 120)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids))
    if (ids.filter((each) => each === id).length > 1) found.push(`the id ${id} is there twice`);
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a, .skip")) {
    if (!document.querySelector(link.hash)) found.push(`${link.hash} leads nowhere`);
  }
  return found;
}

import { escapeText } from "./markup";

/** Where something is drawn: left upper corner and size. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Widths at size 1 in DejaVu Sans Bold, which is wider than what other systems show. */
const WIDTHS: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ ',./:;IJijl|\\]/, 0.41],
  [/[!()\-[\]_`frt^·]/, 0.5],
  [/["*?csz]/, 0.61],
  [/[a-yA-HK-LN-PR-VX-Z0-9$&{}#<=>+~]/, 0.85],
  [/[\u0020-\u024f…→×]/, 1.1],
];

/** At most so wide is a text drawn, whatever sans-serif font a system has. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? 1.45;
  return Math.ceil(width * size);
}

/** A text that is not longer than so many characters: its middle gives way. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const tail = Math.floor(length / 3);
  return `${characters.slice(0, length - tail - 1).join("")}…${characters.slice(-tail).join("")}`;
}

/** Attributes of an element, escaped; undefined ones are left out. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escapeText(String(value))}"`))
    .join("");
}

export const title = (text: string): string => `<title>${escapeText(text)}</title>`;

/** A coordinate as it is written. */
export const at = (value: number): number => Math.round(value * 10) / 10;

export interface Drawing {
  /** Of the root element; all rules of `css` start with it. */
  readonly className: string;
  readonly width: number;
  readonly height: number;
  readonly name: string;
  readonly description: string;
  readonly css: string;
  readonly body: string;
  /** Whether parts of it are links: a picture has no parts for a screen reader. */
  readonly hasLinks: boolean;
}

/** A drawing as one `<svg>` that stands for itself: also as a file of its own. */
export function svg({ className, width, height, name, description, css, body, hasLinks }: Drawing): string {
  const root = attributes({
    xmlns: "http://www.w3.org/2000/svg",
    class: className,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: hasLinks ? "group" : "img",
  });
  return [
    `<svg${root}>`,
    title(name),
    `<desc>${escapeText(description)}</desc>`,
    `<style>${css}</style>`,
    body,
    "</svg>",
  ].join("\n");
}

/**
 * Rules of a drawing's colours: light ones, and dark ones where the reader's system or the page is
 * dark. A page chooses by `data-theme`, `light` or `dark`, on any element around.
 */
export function themed(className: string, light: string, dark: string): string {
  return [
    `.${className}{${light}}`,
    `@media (prefers-color-scheme:dark){.${className}:not([data-theme=light] *){${dark}}}`,
    `[data-theme=dark] .${className}{${dark}}`,
  ].join("\n");
}

/** What stands for a resource: a link to its address in the page, or a plain group. */
export function linked(address: string | undefined, hasLinks: boolean, values: string, content: string): string {
  const link = hasLinks && address !== undefined;
  return `<${link ? `a href="#${escapeText(encodeURI(address))}"` : "g"}${values}>${content}</${link ? "a" : "g"}>`;
}

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

/**
 * Hundredths of the size, from the space to `~`: DejaVu Sans Bold, which is wider than what other
 * systems show for sans-serif.
 */
const WIDTHS = [
  35, 46, 52, 84, 70, 100, 87, 31, 46, 46, 52, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84,
  84, 84, 58, 100, 77, 76, 73, 83, 68, 68, 82, 84, 37, 37, 77, 64, 100, 84, 85, 73, 85, 77, 72, 68, 81, 77, 110, 77, 72,
  73, 46, 37, 46, 84, 50, 50, 67, 72, 59, 72, 68, 44, 72, 71, 34, 34, 67, 34, 104, 71, 69, 72, 72, 49, 60, 48, 71, 65,
  92, 65, 65, 58, 71, 37, 71, 84,
];
/** Other letters and signs, up to the widest of them. */
const OTHER_WIDTH = 110;
const WIDEST = 145;

/** At most so wide is a text drawn, whatever sans-serif font a system has. */
export function textWidth(text: string, size: number): number {
  let hundredths = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    hundredths += WIDTHS[code - 32] ?? (code < 0x2e80 ? OTHER_WIDTH : WIDEST);
  }
  return Math.ceil((hundredths * size) / 100);
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
  /** Another class of the root element. */
  readonly variant?: string;
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
export function svg({ className, variant, width, height, name, description, css, body, hasLinks }: Drawing): string {
  const root = attributes({
    xmlns: "http://www.w3.org/2000/svg",
    class: variant === undefined ? className : `${className} ${variant}`,
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

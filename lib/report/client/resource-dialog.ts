import { addressIn, data, nameOf, valuesOf } from "./data";
import { element } from "./element";

const dialog = document.getElementById("resource") as HTMLDialogElement;
let opener: HTMLElement | SVGElement | undefined;

/** Makes everything with `data-address` open what it stands for, by mouse and by keyboard. */
export function openResources(): void {
  document.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    const from =
      event.target instanceof Element ? event.target.closest<HTMLElement | SVGElement>("[data-address]") : null;
    if (!from) return;
    event.preventDefault();
    open(from);
  });
  // A button does it by itself; what is drawn has to be told.
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    const from = event.target instanceof SVGElement ? event.target.closest<SVGElement>("[data-address]") : null;
    if (!from) return;
    event.preventDefault();
    open(from);
  });
  for (const drawn of document.querySelectorAll<SVGElement>("svg [data-address]")) {
    drawn.setAttribute("role", "button");
    drawn.setAttribute("aria-haspopup", "dialog");
    drawn.setAttribute("tabindex", "0");
  }
  dialog.addEventListener("close", () => {
    opener?.focus();
    opener = undefined;
  });
}

function open(from: HTMLElement | SVGElement): void {
  const { address = "", addresses: several = address, region, attribute } = from.dataset;
  const addresses = several.split(" ").filter((each) => each in data.resources);
  if (addresses.length === 0) return;
  if (!dialog.contains(from)) opener = from;
  dialog.replaceChildren(...content(addresses, region, attribute));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  dialog.querySelector<HTMLElement>(".close")?.focus();
}

function content(addresses: readonly string[], region = "", attribute?: string): Node[] {
  const close = element("button", { type: "button", class: "close" }, "Close");
  close.addEventListener("click", () => dialog.close());
  const title = addresses.length === 1 ? nameOf(addresses[0]!) : `${addresses.length} resources`;
  return [
    element(
      "div",
      { class: "bar-top" },
      element("h2", { id: "resource-title" }, [region, title].filter(Boolean).join(": ")),
      close,
    ),
    element(
      "div",
      { class: "body" },
      ...(addresses.length === 1 ? details(addresses[0]!, attribute) : addresses.map(folded)),
    ),
  ];
}

/** One of several: a click opens it. */
function folded(address: string): Node {
  const whole = element("details", {}, element("summary", {}, nameOf(address), " ", element("code", {}, address)));
  whole.addEventListener("toggle", () => whole.append(...details(address)), { once: true });
  return whole;
}

/** A resource; first the block that is asked for. */
function details(address: string, attribute?: string): Node[] {
  const { path } = data.resources[address]!;
  const findings = data.findings.filter((each) => each.address === address);
  const { depends_on, lifecycle, ...attributes } = valuesOf(address);
  const about = { ...(lifecycle !== undefined && { lifecycle }), ...(depends_on !== undefined && { depends_on }) };
  const block = attribute === undefined ? undefined : at(attributes, attribute);
  return [
    element("p", {}, element("code", {}, address)),
    ...(path === undefined ? [] : [element("p", { class: "note" }, `Construct: ${path}`)]),
    ...(findings.length === 0 ? [] : [element("ul", { class: "findings" }, ...findings.map(finding))]),
    ...(block === undefined
      ? []
      : [element("h3", {}, attribute), list(block), element("h3", {}, "The whole resource")]),
    list({ ...attributes, ...about }),
  ];
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((each, name) => (each as Record<string, unknown> | undefined)?.[name], value);
}

function list(values: unknown): Node {
  const rows = flat(values).flatMap(([name, value]) => {
    const target = addressIn(value);
    const shown =
      target === undefined
        ? value
        : element("button", { type: "button", class: "link", "data-address": target }, nameOf(target));
    return [element("dt", {}, ...breakable(name)), element("dd", {}, shown)];
  });
  return element("dl", {}, ...rows);
}

/** A path may break after its dots and underscores. */
function breakable(text: string): (Node | string)[] {
  return text.split(/(?<=[._])/).flatMap((part) => [part, element("wbr")]);
}

function finding({ severity, title, attribute, fix, reason }: (typeof data.findings)[number]): HTMLElement {
  const kind = reason === undefined ? severity : "suppressed";
  const more = reason === undefined ? `Fix: ${fix}` : `Reason: ${reason}`;
  return element(
    "li",
    { class: kind },
    element("p", {}, element("span", { class: "tag" }, kind), ` ${title}${attribute === "" ? "" : ` (${attribute})`}`),
    element("p", {}, more),
  );
}

/** Every attribute by its path, as Terraform writes it; blocks with a name by their names. */
function flat(value: unknown, path = ""): [name: string, value: string][] {
  const within = (name: string | number) => (path === "" ? String(name) : `${path}.${name}`);
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== "object")) return [[path, value.map(String).join("\n")]];
    return value.flatMap((each, index) => {
      const { name, value: content, ...rest } = each as Record<string, unknown>;
      const isPair = typeof name === "string" && typeof content === "string" && Object.keys(rest).length === 0;
      if (isPair) return [[within(name), content]] satisfies [string, string][];
      return flat(each, value.length === 1 ? path : within(index));
    });
  }
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, each]) => flat(each, within(name)));
}

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
  const { address = "", addresses: several = address, region } = from.dataset;
  const addresses = several.split(" ").filter((each) => each in data.resources);
  if (addresses.length === 0) return;
  if (!dialog.contains(from)) opener = from;
  dialog.replaceChildren(...content(addresses, region));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  dialog.querySelector<HTMLElement>(".close")?.focus();
}

function content(addresses: readonly string[], region = ""): Node[] {
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
    element("div", { class: "body" }, ...addresses.flatMap(details)),
  ];
}

function details(address: string): Node[] {
  const { path } = data.resources[address]!;
  const findings = data.findings.filter((each) => each.address === address);
  const rows = flat(valuesOf(address)).flatMap(([name, value]) => {
    const target = addressIn(value);
    const shown =
      target === undefined
        ? value
        : element("button", { type: "button", class: "link", "data-address": target }, nameOf(target));
    return [element("dt", {}, name), element("dd", {}, shown)];
  });
  return [
    element("p", {}, element("code", {}, address)),
    ...(path === undefined ? [] : [element("p", { class: "note" }, `Construct: ${path}`)]),
    ...(findings.length === 0 ? [] : [element("ul", { class: "findings" }, ...findings.map(finding))]),
    element("dl", {}, ...rows),
  ];
}

function finding({ severity, title, attribute, fix, reason }: (typeof data.findings)[number]): HTMLElement {
  const kind = reason === undefined ? severity : "suppressed";
  const more = reason === undefined ? `Fix: ${fix}` : `Meant: ${reason}`;
  return element(
    "li",
    { class: kind },
    element("p", {}, element("span", { class: "tag" }, kind), ` ${title}${attribute === "" ? "" : ` (${attribute})`}`),
    element("p", {}, more),
  );
}

/** Every attribute by its path, as Terraform writes it. */
function flat(value: unknown, path = ""): [name: string, value: string][] {
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== "object"))
      return [[path, value.length === 1 ? String(value[0]) : value.join("\n")]];
    return value.flatMap((each, index) => flat(each, value.length === 1 ? path : `${path}.${index}`));
  }
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, each]) => flat(each, path === "" ? name : `${path}.${name}`));
}

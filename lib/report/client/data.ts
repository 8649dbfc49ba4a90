import type { PageData } from "../page-data";

/** What the page brings along. */
export const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as PageData;

/** Attributes of a resource, in the order of their names. */
export function valuesOf(address: string): Readonly<Record<string, unknown>> {
  const { values = {}, blocks = {} } = data.resources[address] ?? {};
  const all = [
    ...Object.entries(values),
    ...Object.entries(blocks).map(([name, place]) => [name, data.shared[place]] as const),
  ];
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The address of the resource that a reference names, where the page knows it. */
export function addressIn(value: unknown): string | undefined {
  const [, address] = /^\$\{\s*((?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)/.exec(String(value)) ?? [];
  return address !== undefined && address in data.resources ? address : undefined;
}

/** The name of a resource in Google Cloud; its address where Terraform computes the name. */
export function nameOf(address: string): string {
  const { name, display_name: title } = data.resources[address]?.values ?? {};
  const known = [title, name].find((each) => typeof each === "string" && !each.includes("${"));
  return String(known ?? address);
}

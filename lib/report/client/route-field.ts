import { covers } from "../../language/host-name";
import { answerOf, type UrlMapAnswer, type UrlMapRequest } from "../../topology/url-map-answer";
import type { ListenerData } from "../page-data";
import { addressIn, data, nameOf, valuesOf } from "./data";
import { type Child, element } from "./element";

/** A front end with its URL map, or a URL map that no front end of the document asks. */
type Asked = Pick<ListenerData, "urlMap"> & Partial<ListenerData>;

const DEFAULT_PORTS = { http: 80, https: 443 };

/** Answers where a request goes, by the same code as the rules. */
export function askRoutes(): void {
  const form = document.getElementById("route-field") as HTMLFormElement | null;
  if (!form) return;
  const field = <T extends HTMLElement>(name: string) => form.elements.namedItem(name) as unknown as T;
  const [url, method, headers] = [
    field<HTMLInputElement>("url"),
    field<HTMLSelectElement>("method"),
    field<HTMLTextAreaElement>("headers"),
  ];
  const output = field<HTMLOutputElement>("answer");
  const ask = () => {
    const [, verb = "", rest = ""] = /^\s*(?:([A-Za-z]+)\s+)?(.*?)\s*$/s.exec(url.value) ?? [];
    const isMethod = [...method.options].some(({ value }) => value === verb.toUpperCase());
    if (isMethod) method.value = verb.toUpperCase();
    url.value = isMethod ? rest : url.value.trim();
    output.replaceChildren(
      ...answers(url.value, method.value, headers.value, (next) => {
        url.value = next;
        ask();
      }),
    );
  };
  url.value = example();
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}

/** A URL that the page has something to say about. */
function example(): string {
  const { protocol = "HTTPS", hosts = [] } =
    data.listeners.find(({ hosts: some = [] }) => some.length > 0) ?? data.listeners[0] ?? {};
  return `${protocol.toLowerCase()}://${(hosts[0] ?? "api.example.com").replace("*", "www")}/`;
}

function answers(text: string, method: string, headers: string, follow: (url: string) => void): Node[] {
  const url = parsed(text);
  if (!url) {
    const given = text === "" ? "There is no URL." : `${shortened(text)} is not an HTTP or HTTPS URL.`;
    return [refused(`${given} Enter one such as ${example()}, with or without a method in front.`)];
  }
  const scheme = url.protocol === "http:" ? "http" : "https";
  const port = Number(url.port || DEFAULT_PORTS[scheme]);
  const request: UrlMapRequest = {
    scheme,
    method,
    host: url.host,
    path: url.pathname + url.search,
    headers: headersOf(headers),
  };
  const listening = data.listeners.filter(
    ({ protocol, portRange }) => protocol === scheme.toUpperCase() && isWithin(port, portRange),
  );
  const unasked = data.urlMaps
    .filter((each) => !data.listeners.some(({ urlMap }) => urlMap === each))
    .map((urlMap): Asked => ({ urlMap }));
  const certified = listening.filter(({ hosts }) => hosts?.some((each) => covers(each, url.hostname)));
  const asked: readonly Asked[] = [...(certified.length > 0 ? certified : listening), ...unasked];
  if (asked.length === 0) {
    const heard = new Set(data.listeners.map(({ protocol, portRange = "all ports" }) => `${protocol} ${portRange}`));
    return [
      refused(
        `No front end of this document listens for ${scheme.toUpperCase()} on port ${port}, only for ${[...heard].join(", ")}.`,
      ),
    ];
  }
  const known = new Map(asked.map((each) => [`${each.urlMap} ${each.region ?? ""}`, each]));
  return [...known.values()].map((each) => answer(each, request, url, follow));
}

/** The longest text of the reader's that is repeated. */
const LONGEST = 80;

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/**
 * A URL with its scheme; without one, with the one that the front ends speak, and a path alone with
 * the host of the example.
 */
function parsed(text: string): URL | undefined {
  const speaksTls = data.listeners.length === 0 || data.listeners.some(({ protocol }) => protocol === "HTTPS");
  const whole = /^[a-z][a-z0-9+.-]*:\//i.test(text)
    ? text
    : /^\/(?!\/)/.test(text)
      ? new URL(text, example()).href
      : `${speaksTls ? "https" : "http"}://${text.replace(/^\/\//, "")}`;
  const url = text !== "" && URL.canParse(whole) ? new URL(whole) : undefined;
  // Chromium takes a space in a host, and writes it as %20.
  const isHost = /^([\w.-]+|\[[\da-f:.]+\])$/i.test(url?.hostname ?? "");
  return url && /^https?:$/.test(url.protocol) && isHost && url.username === "" ? url : undefined;
}

function headersOf(text: string): Record<string, string> {
  const all = text.split("\n").flatMap((line) => {
    const [, name, value = ""] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return Object.fromEntries(all);
}

function isWithin(port: number, range: string | undefined): boolean {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range ?? "") ?? [];
  return first === undefined || (port >= Number(first) && port <= Number(last));
}

function answer(
  { urlMap, region, hosts }: Asked,
  request: UrlMapRequest,
  url: URL,
  follow: (url: string) => void,
): Node {
  const found = answerOf(valuesOf(urlMap), request);
  const hasCertificate =
    request.scheme === "http" || hosts === undefined || hosts.some((each) => covers(each, url.hostname));
  return element(
    "div",
    { class: "answer" },
    element("p", { class: "to" }, ...result(found, follow)),
    ...(found.host === request.host && found.path === request.path
      ? []
      : [line("The backend gets ", element("code", {}, `${found.host}${found.path}`), ".")]),
    line(
      "By ",
      element("code", {}, found.at || "the default"),
      " of ",
      linkTo(urlMap),
      region === undefined ? "." : `, in ${region}.`,
    ),
    ...(hasCertificate ? [] : [line(`No certificate here covers ${url.hostname}: clients refuse the connection.`)]),
    ...(found.isCertain
      ? []
      : [line("A route that Terraform computes, or that cannot be judged here, may come first.")]),
  );
}

function result({ redirect, targets }: UrlMapAnswer, follow: (url: string) => void): Child[] {
  if (redirect) {
    const next = element("button", { type: "button", class: "link" }, redirect.location);
    next.addEventListener("click", () => follow(redirect.location));
    return [`Redirected with ${redirect.status} to `, next];
  }
  if (targets.length === 0) return ["To no backend: none is set."];
  const all = targets.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return targets.flatMap(({ value, weight }, index): Child[] => {
    const address = addressIn(value);
    const regions = address === undefined ? [] : (data.regions[address] ?? []);
    const where =
      regions.length === 0 ? "" : regions.length > 6 ? ` in ${regions.length} regions` : ` in ${regions.join(", ")}`;
    const share =
      weight === undefined || targets.length === 1 ? "" : ` (${all === 0 ? 0 : Math.round((100 * weight) / all)} %)`;
    return [
      index === 0 ? "To " : ", ",
      address === undefined ? element("code", {}, String(value)) : linkTo(address),
      share + where,
    ];
  });
}

function linkTo(address: string): HTMLElement {
  return element("button", { type: "button", class: "link", "data-address": address }, nameOf(address));
}

function line(...children: readonly Child[]): HTMLElement {
  return element("p", {}, ...children);
}

function refused(text: string): HTMLElement {
  return element("div", { class: "answer refused" }, line(text));
}

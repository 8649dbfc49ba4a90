import { App, type TerraformStack } from "cdktf";
import { REGIONS } from "../../lib/google/regions";
import { type Block, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { AnycastInstancesStack } from "../../stacks/examples/anycast-instances";
import { ProcessingStack } from "../../stacks/examples/processing";
import { synthesize } from "../stacks/synthesize";
import { synth } from "../support";

/** Terraform JSON that somebody else wrote: resources by type and name. */
export function foreign(resource: Readonly<Record<string, Readonly<Record<string, Block>>>>): Topology {
  return new Topology(TerraformDocument.parse({ resource }));
}

function prod(changes: Parameters<typeof synthesize>[1] = {}): Topology {
  return new Topology(synthesize("prod", changes));
}

const stack = (create: (app: App) => TerraformStack) => new Topology(synth(create(new App())));

/** What this repository deploys, and ten services in every region. */
const MADE: Readonly<Record<string, () => Topology>> = {
  dev: () => new Topology(synthesize("dev")),
  prod,
  "prod with a draining region": () => prod({ drainingRegions: ["us-central1"] }),
  "instance groups": () => stack((app) => new AnycastInstancesStack(app, "anycast-instances")),
  processing: () => stack((app) => new ProcessingStack(app, "processing")),
  large,
};
const made = new Map<string, Topology>();

/** Behind one address. */
function large(): Topology {
  const regions = REGIONS.map(({ name }) => name);
  const parts = Array.from({ length: 10 }, (_, index) => served(regions, `model${index}`));
  const all = (type: string) => Object.assign({}, ...parts.map((part) => part[type])) as Record<string, Block>;
  const backends = Object.keys(all("google_compute_backend_service")).map(
    (name) => `\${google_compute_backend_service.${name}.id}`,
  );
  const rules = backends.map((service, index) => ({ paths: [`/v${index}/*`], service }));
  return foreign({
    ...Object.fromEntries(Object.keys(parts[0]!).map((type) => [type, all(type)])),
    google_compute_global_address: { main: { name: "main" } },
    google_compute_global_forwarding_rule: {
      main: {
        ip_address: "${google_compute_global_address.main.address}",
        port_range: "443",
        target: "${google_compute_target_https_proxy.main.id}",
      },
    },
    google_compute_target_https_proxy: { main: { url_map: "${google_compute_url_map.main.id}" } },
    google_compute_url_map: {
      main: {
        default_service: backends[0],
        host_rule: { hosts: ["*"], path_matcher: "all" },
        path_matcher: { name: "all", default_service: backends[0], path_rule: rules },
      },
    },
  });
}

export const documentNames = Object.keys(MADE);

export function documentOf(name: string): Topology {
  const topology = made.get(name) ?? MADE[name]!();
  made.set(name, topology);
  return topology;
}

/** A Cloud Run service in a region, its NEG, and a global backend service over such regions. */
export function served(
  regions: readonly string[],
  name = "chat",
): Readonly<Record<string, Readonly<Record<string, Block>>>> {
  const byRegion = (of: (region: string) => Block) =>
    Object.fromEntries(regions.map((region) => [`${name}_${region}`, of(region)]));
  return {
    google_cloud_run_v2_service: byRegion((region) => ({
      name,
      location: region,
      template: [{ containers: [{ image: "docker.io/acme/chat:1" }] }],
    })),
    google_compute_region_network_endpoint_group: byRegion((region) => ({
      name: `${name}-neg`,
      region,
      cloud_run: { service: `\${google_cloud_run_v2_service.${name}_${region}.name}` },
    })),
    google_compute_backend_service: {
      [name]: {
        name: `${name}-backend`,
        load_balancing_scheme: "EXTERNAL_MANAGED",
        protocol: "HTTPS",
        backend: regions.map((region) => ({
          group: `\${google_compute_region_network_endpoint_group.${name}_${region}.id}`,
        })),
      },
    },
  };
}

/** The elements of an XML text, in their order; throws where it is not well-formed. */
export function elements(xml: string) {
  const found: { readonly name: string; readonly attributes: Readonly<Record<string, string>>; text: string }[] = [];
  const open: (typeof found)[number][] = [];
  const pattern = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let last = 0;
  for (let match = pattern.exec(xml); match; match = pattern.exec(xml)) {
    last = pattern.lastIndex;
    const [, closing, name = "", attributes = "", empty, text] = match;
    if (text !== undefined) {
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`"${text}" has a bare &`);
      for (const each of open) each.text += plain(text);
    } else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
    } else {
      const pairs = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, plain(value!)]);
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`<${name}> repeats an attribute`);
      const element = { name, attributes: Object.fromEntries(pairs) as Record<string, string>, text: "" };
      found.push(element);
      if (!empty) open.push(element);
    }
  }
  if (last !== xml.length || open.length > 0)
    throw new Error(`not well-formed at ${last}: ${xml.slice(last, last + 60)}`);
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const plain = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => ENTITIES[entity]!);

/** Ratio of the luminances of two colours of six digits, as WCAG 2 has it. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replace(/[0-9a-f]/g, "$&$&") : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(digits.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The custom properties of a drawing in its two themes. */
export function themesOf(svg: string): { readonly name: string; readonly colours: Readonly<Record<string, string>> }[] {
  const css = /<style>([^<]*)<\/style>/.exec(svg)![1]!;
  const blocks = [...css.matchAll(/\{(--[^{}]*)\}/g)].map(([, body]) =>
    Object.fromEntries([...body!.matchAll(/--([\w-]+):(#[0-9a-f]+)/g)].map(([, name, value]) => [name!, value!])),
  );
  return [
    { name: "light", colours: blocks[0]! },
    { name: "dark", colours: blocks[1]! },
  ];
}

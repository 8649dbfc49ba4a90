import { quoted, type Source, unconfirmed } from "../google/source";
import { schemeOfRule } from "../topology/frontends";
import { textOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const REFUSED = "Cross project referencing is not allowed for this resource";
const FRONTEND = unconfirmed("docs.cloud.google.com/load-balancing/docs/https, Shared VPC architectures");
const kinds = (...names: readonly string[]) => names.map((name) => `google_compute_${name}`).join("|");

/** What must be in the project of the resource that refers to it. */
function sameProject(
  id: string,
  types: string,
  attributes: readonly string[],
  about: { readonly title: string; readonly fix: string; readonly source: Source },
  /** Types and collections of which this holds, where others may be elsewhere. */
  only = /./,
): Rule {
  return rule(id, blocks(types), {
    ...about,
    judge({ resource, block }, blame, { document }) {
      const own = document.projectOf(resource);
      if (own === undefined) return;
      for (const attribute of attributes) {
        for (const value of [block[attribute]].flat()) {
          const target = document.target(value);
          const [other, kind = ""] = target ? [document.projectOf(target), target.type] : partsOf(value);
          if (!only.test(kind)) continue;
          if (other !== undefined && other !== own) blame(attribute, value, `in ${other}, not ${own}`);
        }
      }
    },
  });
}

/** The project and the collection of a link that is written out. */
function partsOf(link: unknown): readonly [project?: string, collection?: string] {
  const match = /(?:^|\/)projects\/([a-z][a-z0-9-]+)\/(?:global|regions\/[^/]+)\/(\w+)\//.exec(textOf(link) ?? "");
  return match ? [match[1], match[2]] : [];
}

/** What cannot be in another project than what refers to it; a URL map's backend services can. */
export const crossProjectRules: readonly Rule[] = [
  sameProject(
    "cross-project-frontend",
    kinds("global_forwarding_rule", "forwarding_rule"),
    ["target"],
    {
      title: "a forwarding rule must be in the project of its proxy",
      fix: "make forwarding rule, proxy and URL map in one project; backend services may be in another",
      source: FRONTEND,
    },
    /target\w+prox(y|ies)$/i,
  ),
  rule("cross-project-address", blocks(kinds("global_forwarding_rule", "forwarding_rule")), {
    title: "an external forwarding rule must be in the project of its address",
    fix: "reserve the address in the project of the load balancer",
    source: FRONTEND,
    judge({ resource, block }, blame, { document }) {
      const [own, address] = [document.projectOf(resource), document.target(block.ip_address)];
      const other = address && document.projectOf(address);
      const isExternal = schemeOfRule(resource)?.startsWith("EXTERNAL");
      if (isExternal && own !== undefined && other !== undefined && other !== own)
        blame("ip_address", block.ip_address, `in ${other}, not ${own}`);
    },
  }),
  sameProject(
    "cross-project-url-map",
    kinds("target_http_proxy", "target_https_proxy", "region_target_http_proxy", "region_target_https_proxy"),
    ["url_map"],
    {
      title: "a target proxy must be in the project of its URL map",
      fix: "make forwarding rule, proxy and URL map in one project; backend services may be in another",
      source: FRONTEND,
    },
  ),
  sameProject(
    "cross-project-certificate",
    kinds("target_https_proxy", "region_target_https_proxy", "target_ssl_proxy"),
    ["ssl_certificates"],
    {
      title: "a target proxy must be in the project of its SSL certificates",
      fix: "make the certificate in the project of the load balancer",
      source: quoted(REFUSED, "k8s-config-connector #505"),
    },
  ),
  sameProject("cross-project-firewall", kinds("firewall"), ["network"], {
    title: "a firewall rule must be in the project of its network",
    fix: "set project to the host project of the Shared VPC network",
    source: quoted(REFUSED, "terraform-google-bastion-host #5"),
  }),
];

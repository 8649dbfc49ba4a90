import type { Resource } from "./document";
import { append } from "./group-by";
import { accountOf, iamOf } from "./iam";
import type { Topology } from "./topology";
import { textOf } from "./value";

/** Where a role also counts for what is inside. */
const WIDER = ["google_project", "google_folder", "google_organization"];

/** Who holds one of some roles on things of one type. */
export interface Holders {
  /** Grants by thing and account: by address of both, or by the literal name of the thing. */
  readonly sure: ReadonlyMap<string, readonly Resource[]>;
  /** Things, by address or literal name, that someone else may hold it on; `*` for all of them. */
  readonly maybe: ReadonlySet<string>;
}

/**
 * Who holds roles, as far as the document says.
 *
 * @param family Type of the things: `google_storage_bucket`.
 * @param attribute Of the grants, which names the thing.
 */
export function readHolders(topology: Topology, family: string, attribute: string, roles: RegExp): Holders {
  const { document } = topology;
  const sure = new Map<string, Resource[]>();
  const maybe = new Set<string>();
  const { grants, resources } = iamOf(topology);
  for (const { iam, role, member, family: of } of grants) {
    const isWider = WIDER.includes(of);
    const mayDo = role === undefined || roles.test(role) || !role.startsWith("roles/");
    if ((!isWider && of !== family) || !mayDo) continue;
    const named = iam.resource.values[attribute];
    const on = isWider ? "*" : (document.target(named)?.address ?? textOf(named) ?? "*");
    const account = accountOf(document, member);
    if (account && role !== undefined && roles.test(role)) append(sure, `${on} ${account.address}`, iam.resource);
    else if (!/^(user|group|domain):[^$]*$/.test(member)) maybe.add(on);
  }
  for (const { family: of, kind, resource } of resources) {
    // Members of a list that is an expression are not among the grants.
    const isOpen = kind === "policy" || (kind === "binding" && !Array.isArray(resource.values.members));
    if (isOpen && (of === family || WIDER.includes(of))) maybe.add("*");
  }
  // A module may grant it, and a group may hold the account.
  const { module } = document.json;
  if (module !== undefined || document.ofType("google_cloud_identity_group_membership").length > 0) maybe.add("*");
  return { sure, maybe };
}

/**
 * Grants by which an account surely holds the role, and whether there may be others.
 *
 * @param things What it is held on: address and literal name; none for the project.
 */
export function holdersOf({ sure, maybe }: Holders, account: Resource, ...things: readonly (string | undefined)[]) {
  const names = [...things, "*"];
  return {
    sure: names.flatMap((each) => sure.get(`${each} ${account.address}`) ?? []),
    maybe: names.some((each) => maybe.has(each ?? "")),
  };
}

import { ComputeFirewall } from "@cdktf/provider-google/lib/compute-firewall";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger, checkLiteral, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, hashedSlug } from "../../core/naming";
import { spelled } from "../../core/spelled";
import { firewallPriority } from "../../google/network";
import { ProjectServices } from "../../project/project-services";
import { checkNetworkRange } from "./network-plan";
import type { IngressRule } from "./network-target";

export interface NetworkFirewallProps {
  /** Id of the VPC network. */
  readonly networkId: string;
  /** Project of the network. @default the provider's */
  readonly project?: string;
  /** Whether rules log admitted connections by default. */
  readonly logging: boolean;
}

const ANYWHERE = "0.0.0.0/0";
const ADMIN_PORTS = [22, 3389];

/** The firewall rules of a network, each once by ID. */
@checked
export class NetworkFirewall extends Construct {
  private readonly contents = new Map<string, string>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkFirewallProps,
  ) {
    super(scope, id);
  }

  /** Every rule so far. */
  public get rules(): ComputeFirewall[] {
    return this.node.children.filter((child) => child instanceof ComputeFirewall);
  }

  /** As `IRegionNetwork.admit`. */
  public admit(id: string, rule: IngressRule): ITerraformDependable[] {
    this.check(id, rule);
    const config = this.render(rule);
    const contents = JSON.stringify(spelled(this, config));
    const existing = this.node.tryFindChild(id) as ComputeFirewall | undefined;
    if (!existing) {
      const { networkId: network, project } = this.props;
      this.contents.set(id, contents);
      return [
        new ComputeFirewall(this, id, {
          ...config,
          name: hashedSlug(`${this.node.path} ${id}`, COMPUTE_NAME.maxLength),
          network,
          project,
          dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
        }),
      ];
    }
    if (this.contents.get(id) !== contents) {
      throw new ValidationError(this, {
        what: `admit("${id}")`,
        got: rule,
        allowed: "the same rule as before under the same id",
        fix: "use another id, or extend the first rule",
      });
    }
    return [existing];
  }

  /** Sorted, so that equal rules compare equal in any order. */
  private render({ sourceRanges, ports, targetTag, description, priority, logging }: IngressRule) {
    const sources = new Map(sourceRanges.map((range) => [spelled(this, range) as string, range]));
    const sortedPorts = [...new Set(ports)].sort((a, b) => a - b).map(String);
    return {
      direction: "INGRESS",
      priority: priority ?? 1000,
      allow: [{ protocol: "tcp", ports: sortedPorts }],
      sourceRanges: [...sources.keys()].sort().map((key) => sources.get(key)!),
      targetTags: [targetTag],
      description,
      logConfig: (logging ?? this.props.logging) ? { metadata: "INCLUDE_ALL_METADATA" } : undefined,
    };
  }

  private check(id: string, { sourceRanges, ports, targetTag, description, priority }: IngressRule): void {
    checkLiteral(this, "id of a firewall rule", id);
    const what = (field: string) => `admit("${id}").${field}`;
    const fix = "the machines would be reached by nobody, or by everybody";
    if (sourceRanges.length === 0 || ports.length === 0) {
      const field = sourceRanges.length === 0 ? "sourceRanges" : "ports";
      throw new ValidationError(this, { what: what(field), got: [], allowed: "at least one", fix });
    }
    for (const range of sourceRanges) {
      if (!Token.isUnresolved(range)) checkNetworkRange(this, what("sourceRanges"), range);
    }
    for (const port of ports) {
      checkLiteral(this, what("ports"), port);
      checkInteger(this, what("ports"), port, 1, 65535, "give the number of a TCP port");
    }
    checkPattern(
      this,
      what("targetTag"),
      targetTag,
      COMPUTE_NAME.pattern,
      COMPUTE_NAME.allowed,
      "name a network tag of the machines",
    );
    checkWithin(this, what("priority"), priority, firewallPriority);
    checkPattern(this, what("description"), description, /^.{0,2048}$/s, "at most 2048 characters", "shorten it");
    const admin = ports.find((port) => ADMIN_PORTS.includes(port));
    if (admin === undefined || !sourceRanges.includes(ANYWHERE)) return;
    throw new ValidationError(this, {
      what: what("sourceRanges"),
      got: ANYWHERE,
      allowed: `narrower ranges for port ${admin}`,
      fix: "admit 35.235.240.0/20 and connect by IAP: gcloud compute ssh --tunnel-through-iap",
    });
  }
}

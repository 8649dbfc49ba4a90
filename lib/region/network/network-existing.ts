import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { regionFacts } from "../../core/regions";
import { useProvider } from "../../project/provider";
import { NetworkFirewall } from "./network-firewall";
import { checkProxyOnlyRange } from "./network-plan";
import type { IngressRule, IRegionNetwork, ProxyOnlySubnetwork } from "./network-target";
import type { ExistingNetworkProps } from "./region-network";

const PREFIX = "(?:https://[a-z0-9.-]+/compute/[a-z0-9]+/)?projects/([a-z0-9.:-]+)";
const NETWORK = new RegExp(`^${PREFIX}/global/networks/[a-z]([-a-z0-9]*[a-z0-9])?$`);
const SUBNETWORK = new RegExp(`^${PREFIX}/regions/([a-z0-9-]+)/subnetworks/[a-z]([-a-z0-9]*[a-z0-9])?$`);

/** The result of `RegionNetwork.fromExisting`. */
export class ExistingRegionNetwork extends Construct implements IRegionNetwork {
  public readonly networkId: string;
  private readonly firewall?: NetworkFirewall;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ExistingNetworkProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    this.check();
    this.networkId = props.network;
    if (props.firewall === false) return;
    this.firewall = new NetworkFirewall(this, "Firewall", {
      networkId: props.network,
      project: props.hostProject ?? this.projectOfNetwork(),
      logging: props.firewallLogging ?? false,
    });
  }

  public subnetworkId(region: string): string {
    regionFacts(this, region);
    const { subnetworks } = this.props;
    const found = subnetworks[region];
    if (found !== undefined) return found;
    throw new ValidationError(this, {
      what: "subnetworks",
      got: `nothing for ${region}`,
      allowed: `a subnet of each region that has machines; there are ${Object.keys(subnetworks).join(", ") || "none"}`,
      fix: `add "${region}": "projects/PROJECT/regions/${region}/subnetworks/NAME"`,
    });
  }

  public egressDependables(_region: string): ITerraformDependable[] {
    return [];
  }

  public proxyOnlySubnetwork(region: string): ProxyOnlySubnetwork {
    regionFacts(this, region);
    const ipCidrRange = this.props.proxyOnlyRanges?.[region];
    if (ipCidrRange !== undefined) return { ipCidrRange, dependables: [] };
    throw new ValidationError(this, {
      what: "proxyOnlyRanges",
      got: `nothing for ${region}`,
      allowed: "the range of the active proxy-only subnet of each region that has a regional load balancer",
      fix: `create a subnet of purpose REGIONAL_MANAGED_PROXY and role ACTIVE in ${region} where the network is managed, and name its range: "${region}": "10.129.0.0/23"`,
    });
  }

  public admit(id: string, rule: IngressRule): ITerraformDependable[] {
    return this.firewall?.admit(id, rule) ?? [];
  }

  private projectOfNetwork(): string | undefined {
    return Token.isUnresolved(this.props.network) ? undefined : NETWORK.exec(this.props.network)?.[1];
  }

  private check(): void {
    const { network, subnetworks, proxyOnlyRanges = {}, hostProject } = this.props;
    checkPattern(
      this,
      "network",
      network,
      NETWORK,
      "projects/PROJECT/global/networks/NAME, or a reference to a network's id",
      "pass the network's id or self link, not its name",
    );
    const project = this.projectOfNetwork();
    if (hostProject !== undefined && project !== undefined && hostProject !== project) {
      throw new ValidationError(this, {
        what: "hostProject",
        got: hostProject,
        allowed: `${project}, the project of the network`,
        fix: "leave it out: it is for networks that are given by reference",
      });
    }
    for (const [region, subnetwork] of Object.entries(subnetworks)) {
      regionFacts(this, region);
      if (Token.isUnresolved(subnetwork) || SUBNETWORK.exec(subnetwork)?.[2] === region) continue;
      throw new ValidationError(this, {
        what: `subnetworks["${region}"]`,
        got: subnetwork,
        allowed: `projects/PROJECT/regions/${region}/subnetworks/NAME, or a reference to a subnet's id`,
        fix: "pass the id or self link of a subnet of that region",
      });
    }
    for (const [region, range] of Object.entries(proxyOnlyRanges)) {
      regionFacts(this, region);
      checkProxyOnlyRange(this, `proxyOnlyRanges["${region}"]`, range);
    }
  }
}

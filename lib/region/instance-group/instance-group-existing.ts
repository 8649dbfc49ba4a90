import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { checkLiteral, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { namedPort } from "../../google/instance-group";
import type { ExistingInstanceGroupProps } from "./instance-group-region";
import type { IInstanceGroupTarget } from "./instance-group-target";

const GROUP =
  /^(?:https:\/\/www\.googleapis\.com\/compute\/v1\/)?projects\/[^/]+\/(?:regions\/([a-z0-9-]+)|zones\/([a-z0-9-]+)-[a-z])\/instanceGroups\/[^/]+$/;

export class ExistingInstanceGroup extends Construct implements IInstanceGroupTarget {
  public readonly region: string;
  public readonly instanceGroupUrl: string;
  public readonly portName: string;
  public readonly port: number;
  public readonly admittedPorts: number[];
  public readonly networkId: string;
  public readonly dependables: ITerraformDependable[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ExistingInstanceGroupProps,
  ) {
    super(scope, id);
    regionFacts(this, props.region);
    this.checkUrl();
    const fix = "name a port of the group's named ports";
    checkPattern(this, "portName", props.portName, COMPUTE_NAME.pattern, COMPUTE_NAME.allowed, fix);
    for (const port of [props.port, ...(props.admittedPorts ?? [])]) {
      checkLiteral(this, "port", port);
      checkWithin(this, "port", port, namedPort, "give the port that the machines listen on");
    }
    if ((props.network === undefined) !== (props.tag === undefined)) {
      throw new ValidationError(this, {
        what: "network and tag",
        got: props.tag === undefined ? "network without tag" : "tag without network",
        allowed: "both or neither",
        fix: "name the network tag of the machines together with the network, or set neither and manage the firewall elsewhere",
      });
    }
    this.region = props.region;
    this.instanceGroupUrl = props.instanceGroupUrl;
    this.portName = props.portName;
    this.port = props.port;
    this.admittedPorts = props.admittedPorts ?? [props.port];
    this.networkId = props.networkId;
  }

  public admit(id: string, sourceRanges: string[]): ITerraformDependable[] {
    const { network, tag, port } = this.props;
    if (!network || tag === undefined) return [];
    const path = this.node.path.replaceAll("/", " ");
    return network.admit(`${path} ${id} ${port}`, { sourceRanges, ports: [port], targetTag: tag });
  }

  private checkUrl(): void {
    const { instanceGroupUrl, region } = this.props;
    if (Token.isUnresolved(instanceGroupUrl)) return;
    const match = GROUP.exec(instanceGroupUrl);
    const own = match?.[1] ?? match?.[2];
    if (own === region) return;
    throw new ValidationError(this, {
      what: "instanceGroupUrl",
      got: instanceGroupUrl,
      allowed: `projects/P/regions/${region}/instanceGroups/NAME, or …/zones/${region}-b/instanceGroups/NAME`,
      fix: /\/instanceGroupManagers\//.test(instanceGroupUrl)
        ? "pass the group, not its manager: the manager's instance_group attribute"
        : "pass a group of the region",
    });
  }
}

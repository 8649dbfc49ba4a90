import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type IInstanceGroupTarget, type IRegionNetwork, ServerlessNeg } from "../lib";

/** Machines that exist already, in a network whose firewall rules are made here. */
export class FakeGroup extends Construct implements IInstanceGroupTarget {
  public readonly instanceGroupUrl: string;
  public readonly networkId: string;
  public readonly portName: string;
  public readonly port = 8080;
  public readonly admittedPorts = [8080];
  public readonly dependables: ITerraformDependable[] = [];

  public constructor(
    scope: Construct,
    id: string,
    public readonly region: string,
    private readonly network: IRegionNetwork,
    portName = "api",
  ) {
    super(scope, id);
    this.portName = portName;
    this.networkId = network.networkId;
    this.instanceGroupUrl = `https://www.googleapis.com/compute/v1/projects/test-project/regions/${region}/instanceGroups/${id.toLowerCase()}`;
  }

  public admit(id: string, sourceRanges: string[]): ITerraformDependable[] {
    return this.network.admit(`${this.node.id} ${id}`, { sourceRanges, ports: [this.port], targetTag: "api" });
  }
}

/** The NEG of a Cloud Run service in a region. */
export function cloudRun(scope: Construct, region: string, http2?: boolean): ServerlessNeg {
  return new ServerlessNeg(scope, region, { region, serviceName: "chat", http2 });
}

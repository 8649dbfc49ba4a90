import { ComputeRegionInstanceGroupManager } from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { IInstanceGroupTarget } from "../../../lib";

/** A group of machines of which a backend needs no more than this. */
export class FakeTarget implements IInstanceGroupTarget {
  public readonly instanceGroupUrl: string;
  public readonly portName: string = "http";
  public readonly port: number = 8080;
  public readonly networkId = "projects/p/global/networks/n";
  public readonly dependables: ITerraformDependable[];

  public constructor(
    scope: Construct,
    public readonly region: string,
    id = region,
    public readonly admittedPorts: number[] = [8080],
  ) {
    const manager = new ComputeRegionInstanceGroupManager(scope, id, {
      name: id,
      region,
      baseInstanceName: id,
      targetSize: 2,
      namedPort: [{ name: "http", port: 8080 }],
      version: [{ instanceTemplate: "projects/p/global/instanceTemplates/t" }],
    });
    this.instanceGroupUrl = manager.instanceGroup;
    this.dependables = [manager];
  }

  public admit(): ITerraformDependable[] {
    return [];
  }
}

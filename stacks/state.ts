import { GcsBackend, LocalBackend, TerraformBackend, type TerraformRemoteState, type TerraformStack } from "cdktf";
import { DataTerraformRemoteState } from "cdktf/lib/backends/remote-backend";

/** Where Terraform keeps the state of an environment. */
export type State =
  /** A file in this checkout: for trying it out alone. */
  | { readonly kind: "local" }
  /** An object in an existing Cloud Storage bucket; enable object versioning. */
  | { readonly kind: "gcs"; readonly bucket: string; readonly prefix: string }
  /** A workspace of HCP Terraform, which also runs the plans unless its execution mode is local. */
  | { readonly kind: "hcp"; readonly organization: string; readonly workspace: string };

/**
 * Adds the state backend to a stack, with relative paths: the JSON is the same on every machine.
 */
export function addState(stack: TerraformStack, state: State): TerraformBackend {
  switch (state.kind) {
    case "local":
      // Terraform runs in cdktf.out/stacks/NAME, which is disposable; the state is not.
      return new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    case "gcs":
      return new GcsBackend(stack, { bucket: state.bucket, prefix: state.prefix });
    case "hcp":
      return new HcpTerraform(stack, state.organization, state.workspace);
  }
}

/**
 * The `cloud` block. cdktf's own class runs `terraform version` at synth; this one does not, so
 * synthesizing works without Terraform installed. Terraform itself refuses the block before 1.1.
 */
class HcpTerraform extends TerraformBackend {
  public constructor(
    scope: TerraformStack,
    private readonly organization: string,
    private readonly workspace: string,
  ) {
    super(scope, "backend", "cloud");
  }

  public override toTerraform() {
    return { terraform: { cloud: { organization: this.organization, workspaces: { name: this.workspace } } } };
  }

  public override toMetadata() {
    return { ...super.toMetadata(), cloud: "tfc" };
  }

  public override getRemoteStateDataSource(scope: TerraformStack, name: string): TerraformRemoteState {
    return new DataTerraformRemoteState(scope, name, {
      organization: this.organization,
      workspaces: { name: this.workspace },
    });
  }
}

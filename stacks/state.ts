import { GcsBackend, LocalBackend, TerraformBackend, type TerraformRemoteState, type TerraformStack } from "cdktf";
import { DataTerraformRemoteState } from "cdktf/lib/backends/remote-backend";

/** Where Terraform keeps the state of an environment. */
export type State =
  /** A file in this checkout: for one person's trial. */
  | { readonly kind: "local" }
  /** An object in a Cloud Storage bucket that exists already; switch object versioning on. */
  | { readonly kind: "gcs"; readonly bucket: string; readonly prefix: string }
  /** A workspace of HCP Terraform, which also runs the plans unless its execution mode is local. */
  | { readonly kind: "hcp"; readonly organization: string; readonly workspace: string };

/**
 * Adds the state backend to a stack. No absolute path gets into the JSON, so that it is the same on
 * every machine.
 */
export function addState(stack: TerraformStack, state: State): TerraformBackend {
  switch (state.kind) {
    case "local":
      // Terraform runs in cdktf.out/stacks/NAME; the state belongs beside the code, not in a folder
      // that is thrown away.
      return new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
    case "gcs":
      return new GcsBackend(stack, { bucket: state.bucket, prefix: state.prefix });
    case "hcp":
      return new HcpTerraform(stack, state.organization, state.workspace);
  }
}

/**
 * The `cloud` block. cdktf has a class of its own for it, which runs `terraform version` at synth;
 * this one does not, so that synthesizing works where Terraform is not installed. Terraform itself
 * refuses the block before 1.1.
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

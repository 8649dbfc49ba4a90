import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { DataGoogleClientConfig } from "@cdktf/provider-google/lib/data-google-client-config";
import { TerraformBackend, type TerraformProvider, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { REGIONS } from "../google/regions";
import { MULTI_REGIONS } from "../google/registry";
import { GoogleProviderVersion } from "../project/google-provider-version";
import { providerOf, useProvider } from "../project/provider";

const CHILD_ID = "DockerEngine";
const EPHEMERAL_TOKEN = "docker_login";
const ARTIFACT_REGISTRY = /^[a-z0-9-]+-docker\.pkg\.dev$/;

/**
 * The Docker engine that a stack builds images with, and its login to Artifact Registry.
 *
 * The docker provider calls the engine on every plan, apply and destroy, so only
 * `ContainerImage.fromSource` configures it. The environment variables DOCKER_HOST and
 * DOCKER_CONTEXT select the engine; the default is the local one. For anything else, add your own
 * DockerProvider to the stack first: it is used with its own logins.
 *
 * After removing the last `fromSource` of a stack, keep `DockerEngine.of(stack)` for one more
 * deploy: without it, Terraform cannot remove the images from the state.
 */
@checked
export class DockerEngine extends Construct {
  /** The stack's single instance, created on first use; it logs in with the provider of `scope`. */
  public static of(scope: IConstruct): DockerEngine {
    const stack = TerraformStack.of(scope);
    const existing = stack.node.tryFindChild(CHILD_ID) as DockerEngine | undefined;
    return existing ?? new DockerEngine(stack, CHILD_ID, providerOf(scope));
  }

  /** The provider of the stack, or the user's own. */
  public readonly provider: TerraformProvider;
  private readonly own?: DockerProvider;
  private remoteIsLocal = false;

  private constructor(
    scope: Construct,
    id: string,
    private readonly google: TerraformProvider | undefined,
  ) {
    super(scope, id);
    useProvider(this, google);
    const [existing] = this.dockerProviders();
    if (existing) {
      this.provider = existing;
    } else {
      this.own = new DockerProvider(this, "Provider");
      this.provider = this.own;
      this.logIn(`\${${new DataGoogleClientConfig(this, "Token").fqn}.access_token}`);
    }
    this.node.addValidation({ validate: () => [...this.remoteRuns(), ...this.secondProvider()] });
  }

  /**
   * Logs in with an ephemeral token that is neither in state nor plan, instead of the
   * `google_client_config` data source, whose one-hour token is in both. Needs hashicorp/google
   * 7.10 (its CHANGELOG, read 2026-11-22) and Terraform 1.10.
   *
   * @throws ValidationError when the stack pins an older google provider or has its own docker
   * provider.
   */
  public keepTokenOutOfState(): void {
    if (!this.own) {
      throw new ValidationError(this, {
        what: "keepTokenOutOfState",
        got: `a DockerProvider at ${this.provider.node.path}`,
        allowed: "stacks whose docker provider is configured here",
        fix: "change the registryAuth of that provider instead",
      });
    }
    const stack = TerraformStack.of(this);
    GoogleProviderVersion.of(this).require("7.10.0", `the ephemeral google_client_config of ${this.node.path}`);
    stack.addOverride("terraform.required_version", ">= 1.10");
    this.node.tryRemoveChild("Token");
    const provider = this.google?.alias === undefined ? {} : { provider: this.google.fqn };
    stack.addOverride(`ephemeral.google_client_config.${EPHEMERAL_TOKEN}`, provider);
    this.logIn(`\${ephemeral.google_client_config.${EPHEMERAL_TOKEN}.access_token}`);
  }

  /** Declares that the HCP Terraform workspace has the execution mode Local. */
  public runsLocally(): void {
    this.remoteIsLocal = true;
  }

  /**
   * Throws when no login covers the host.
   *
   * @internal
   */
  public _checkHost(where: IConstruct, host: string): void {
    if (!this.own || ARTIFACT_REGISTRY.test(host)) return;
    throw new ValidationError(where, {
      what: "host of the registry",
      got: host,
      allowed: "LOCATION-docker.pkg.dev, unless the stack has its own DockerProvider",
      fix: "create a DockerProvider with registryAuth for the host before the first image",
    });
  }

  /**
   * One login for all of Artifact Registry: after a registry moves, old images in the state still
   * need a login to be removed.
   */
  private logIn(password: string): void {
    const hosts = [...MULTI_REGIONS, ...REGIONS.map(({ name }) => name)].map(
      (location) => `${location}-docker.pkg.dev`,
    );
    this.own!.addOverride("dynamic", {
      registry_auth: {
        for_each: hosts,
        content: { address: "${registry_auth.value}", username: "oauth2accesstoken", password },
      },
    });
  }

  private dockerProviders(): TerraformProvider[] {
    return TerraformStack.of(this)
      .node.findAll()
      .filter((each) => (each as TerraformProvider).terraformProviderSource === "kreuzwerker/docker")
      .map((each) => each as TerraformProvider);
  }

  private secondProvider(): string[] {
    const second = this.dockerProviders().find((each) => each !== this.own && each.alias === undefined);
    if (!this.own || !second) return [];
    const { message } = new ValidationError(this, {
      what: "docker provider",
      got: `a second one at ${second.node.path}`,
      allowed: "one for each alias",
      fix: "create your own before the first image, which then uses it",
    });
    return [message];
  }

  private remoteRuns(): string[] {
    const backend = TerraformStack.of(this).node.children.find((child) => TerraformBackend.isBackend(child));
    const { cloud, backend: kinds } = (backend as TerraformBackend | undefined)?.toTerraform().terraform ?? {};
    if (this.remoteIsLocal || (cloud === undefined && kinds?.remote === undefined)) return [];
    const { message } = new ValidationError(this, {
      what: "backend",
      got: "HCP Terraform, whose machines have no Docker engine",
      allowed: "any other backend, or a workspace whose execution mode is Local",
      fix: "build elsewhere and pass ContainerImage.fromReference or fromRegistry; or set the execution mode to Local and call DockerEngine.of(stack).runsLocally()",
    });
    return [message];
  }
}

import { join, posix } from "node:path";
import { Image } from "@cdktf/provider-docker/lib/image";
import { RegistryImage } from "@cdktf/provider-docker/lib/registry-image";
import { Tag } from "@cdktf/provider-docker/lib/tag";
import { DataGoogleArtifactRegistryDockerImages } from "@cdktf/provider-google/lib/data-google-artifact-registry-docker-images";
import { Annotations, type ITerraformDependable, type TerraformProvider, TerraformStack } from "cdktf";
import { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger, checkLiteral, checkPattern, checkUnique } from "../core/checks";
import { ownDependables } from "../core/dependables";
import { ValidationError } from "../core/errors";
import type { IGrantee } from "../project/grantee";
import { BuildContext } from "./build-context";
import type { IImage } from "./container-image";
import { DockerEngine } from "./docker-engine";
import type { IImageRegistry } from "./image-registry";

export interface BuiltImageProps {
  /**
   * The build context: a folder, relative to the working directory or, preferably, absolute:
   * `join(__dirname, "../app")`.
   */
  readonly directory: string;
  /** Registry to push to; every copy gets the image. */
  readonly registry: IImageRegistry;
  /** Path within the registry: `inference` or `team/inference`. */
  readonly name: string;
  /** Path within `directory`. @default Dockerfile */
  readonly dockerfile?: string;
  /**
   * Literal values of the Dockerfile's ARG instructions. They are visible in the JSON, the state
   * and the image's history: never pass a secret. @default none
   */
  readonly buildArgs?: { [name: string]: string };
  /** The stage to build. @default the last one */
  readonly target?: string;
  /** Cloud Run runs `linux/amd64`. @default linux/amd64 */
  readonly platform?: string;
  /** @default none */
  readonly labels?: { [name: string]: string };
  /** Images whose layers the build may reuse. @default none */
  readonly cacheFrom?: string[];
  /**
   * Tags besides the generated one, moved to each new image. A registry with immutable tags refuses
   * that. @default none
   */
  readonly extraTags?: string[];
  /**
   * Any text. Changing it rebuilds the same context, for example to pick up a newer base image:
   * `2026-12`. @default none
   */
  readonly rebuild?: string;
  /**
   * Largest build context in MiB, 1 to 10240; it is read and copied at every synth. @default 512
   */
  readonly maxContextMiB?: number;
  /** Build timeout, 1 to 1440. @default 20 */
  readonly timeoutMinutes?: number;
}

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const TAG_LENGTH = 20;

/**
 * An image that the stack builds from a folder of this checkout and pushes, used by digest.
 *
 * Its tag is a hash of everything the build depends on: the files that .dockerignore keeps, their
 * names and executable bits, the Dockerfile, build args, target, platform, labels and `rebuild`.
 * Equal inputs are never built twice: another machine pulls what the registry has under that tag. A
 * change builds a new image and updates the services in place. Old images stay in the registry
 * unless it sets `deleteTaggedAfterDays`.
 */
@checked
export class BuiltImage extends Construct implements IImage {
  /** The image on the Docker engine. */
  public readonly resource: Image;
  /** Its other names on the engine: one per further registry copy and extra tag. */
  public readonly tags: Tag[] = [];
  /** One per registry copy, then those of the extra tags. */
  public readonly pushes: RegistryImage[] = [];
  /** The generated tag. */
  public readonly contentTag: string;
  public readonly reference: string;
  public readonly dependables: ITerraformDependable[];
  public readonly registry?: IImageRegistry;
  private readonly digests = new Map<string, string>();
  private readonly imagePath: string;
  private readonly provider: TerraformProvider;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BuiltImageProps,
  ) {
    super(scope, id);
    const { registry, dockerfile = "Dockerfile", maxContextMiB = 512 } = props;
    this.registry = registry;
    this.check();
    const context = new BuildContext(this, props.directory, dockerfile, maxContextMiB);
    for (const warning of [...context.warnings(), ...this.secretArgs()]) Annotations.of(this).addWarning(warning);
    this.contentTag = context.hash(this.hashed(dockerfile)).slice(0, TAG_LENGTH);

    const engine = DockerEngine.of(this);
    this.provider = engine.provider;
    for (const url of registry.pushUrls) engine._checkHost(this, url.split("/")[0]!);
    this.imagePath = registry.pathOf(props.name);
    const folder = posix.join("assets", TerraformStack.of(this).getLogicalId(this.node), this.contentTag);
    this.resource = this.build(folder, dockerfile);
    addCustomSynthesis(this, {
      onSynthesize: ({ outdir, manifest }) => {
        context.copyTo(join(outdir, manifest.forStack(TerraformStack.of(this)).workingDirectory, folder));
      },
    });
    for (const url of registry.pushUrls) this.digests.set(url, this.push(url).sha256Digest);
    for (const tag of props.extraTags ?? []) for (const url of registry.pushUrls) this.push(url, tag);
    this.reference = this.at(registry.url);
    this.dependables = [...registry.dependables, ...this.pushes];
  }

  public referenceIn(region: string): string {
    return this.at(this.props.registry.urlIn(region));
  }

  public grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.props.registry.grantPull(grantee, asker);
  }

  private at(url: string): string {
    // A copy that fills itself has the same digest, which is computed from the content.
    return `${url}/${this.imagePath}@${this.digests.get(url) ?? [...this.digests.values()][0]!}`;
  }

  private build(folder: string, dockerfile: string): Image {
    const { props } = this;
    const url = props.registry.pushUrls[0]!;
    const image = new Image(this, "Resource", {
      provider: this.provider,
      name: `${url}/${this.imagePath}:${this.contentTag}`,
      platform: this.platform,
      // Others may use it; an engine is cleaned up with `docker image prune`.
      keepLocally: true,
      timeouts: { create: `${props.timeoutMinutes ?? 20}m` },
      dependsOn: ownDependables(this, props.registry.dependables),
      // The name identifies the build. Other changes, such as the copy's folder, must not rebuild.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["build"] },
    });
    const build = {
      context: folder,
      dockerfile: posix.normalize(dockerfile),
      build_args: props.buildArgs,
      labels: props.labels,
      target: props.target,
      platform: this.platform,
      cache_from: props.cacheFrom,
    };
    const pushed = this.isPushed(url);
    if (pushed === undefined) image.addOverride("build", build);
    else image.addOverride("dynamic", { build: { for_each: `\${${pushed} ? [] : [1]}`, content: build } });
    return image;
  }

  /**
   * Whether the registry already has the tag. If so, the image is pulled instead of built: an
   * immutable tag cannot move to a different build of the same files. Undefined if it is not
   * Artifact Registry.
   */
  private isPushed(url: string): string | undefined {
    const location = /^([a-z0-9-]+)-docker\.pkg\.dev\//.exec(url)?.[1];
    if (location === undefined) return undefined;
    // Splitting is safe: tokens contain no slash.
    const [, project, repositoryId] = url.split("/");
    const { fqn } = new DataGoogleArtifactRegistryDockerImages(this, "Pushed", {
      location,
      project,
      repositoryId: repositoryId!,
      dependsOn: ownDependables(this, this.props.registry.dependables),
    });
    return `anytrue([for image in ${fqn}.docker_images : contains(image.tags, "${this.contentTag}") && strcontains(image.self_link, "/${this.imagePath}@")])`;
  }

  private push(url: string, extraTag?: string): RegistryImage {
    const [host] = url.split("/");
    // Repositories on one host are numbered: the path may be a token, which IDs cannot contain.
    const onHost = this.props.registry.pushUrls.filter((each) => each.split("/")[0] === host).indexOf(url);
    const suffix = [host, onHost > 0 ? onHost + 1 : undefined, extraTag].filter(Boolean).join(" ");
    let { name } = this.resource;
    if (extraTag !== undefined || url !== this.props.registry.pushUrls[0]) {
      const tag = new Tag(this, `Tag ${suffix}`, {
        provider: this.provider,
        sourceImage: this.resource.name,
        targetImage: `${url}/${this.imagePath}:${extraTag ?? this.contentTag}`,
        // The provider does not check the engine for the tag; an engine that pulled the image again
        // lacks it.
        tagTriggers: [this.resource.imageId],
        lifecycle: { createBeforeDestroy: true },
      });
      this.tags.push(tag);
      name = tag.targetImage;
    }
    const push = new RegistryImage(this, `Push ${suffix}`, {
      provider: this.provider,
      name,
      // Revisions run it and may be rolled back to it.
      keepRemotely: true,
      triggers: extraTag === undefined ? undefined : { content: this.contentTag },
      lifecycle: { createBeforeDestroy: true },
    });
    this.pushes.push(push);
    return push;
  }

  private get platform(): string {
    return this.props.platform ?? "linux/amd64";
  }

  private hashed(dockerfile: string): unknown {
    const { buildArgs, labels, target, rebuild } = this.props;
    const sorted = (map: { [name: string]: string } = {}) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
    return [
      posix.normalize(dockerfile),
      sorted(buildArgs),
      sorted(labels),
      target ?? "",
      this.platform,
      ...(rebuild === undefined ? [] : [rebuild]),
    ];
  }

  private check(): void {
    const { props } = this;
    const { registry, name, directory, dockerfile, target, platform, rebuild, extraTags = [] } = props;
    if (registry.pushUrls.length === 0) {
      throw new ValidationError(this, {
        what: "registry",
        got: registry.node.path,
        allowed: "a registry that can be pushed to",
        fix: "push to an ImageRegistry or MultiRegionRegistry; nothing can be pushed to a cache",
      });
    }
    const literals = { name, directory, dockerfile, target, platform, rebuild };
    for (const [what, value] of Object.entries(literals)) checkLiteral(this, what, value);
    for (const [what, map] of [
      ["buildArgs", props.buildArgs],
      ["labels", props.labels],
    ] as const) {
      for (const [key, value] of Object.entries(map ?? {})) checkLiteral(this, `${what}.${key}`, value);
    }
    checkPattern(
      this,
      "name",
      name,
      PATH,
      "lower-case letters, digits and separators ( . _ - / )",
      'name the image without host and tag, for example "inference"',
    );
    checkPattern(
      this,
      "target",
      target,
      /^[a-zA-Z][\w.-]*$/,
      "the name of a stage: letters, digits, _ . -, starting with a letter",
      "pass the name after AS in the Dockerfile",
    );
    checkPattern(
      this,
      "platform",
      platform,
      /^linux\/(amd64|arm64(\/v8)?)$/,
      "linux/amd64 (Cloud Run and most machines) or linux/arm64",
      "leave it out for linux/amd64",
    );
    for (const key of Object.keys(props.buildArgs ?? {})) {
      checkPattern(
        this,
        "name of a build arg",
        key,
        /^[A-Za-z_]\w*$/,
        "letters, digits and _, not starting with a digit",
        "name it as the ARG instruction of the Dockerfile does",
      );
    }
    for (const tag of extraTags) {
      checkLiteral(this, "extraTags", tag);
      checkPattern(
        this,
        "extraTags",
        tag,
        TAG,
        "1 to 128 letters, digits, _ . -, not starting with . or -",
        "respell the tag",
      );
    }
    checkUnique(this, "extraTags", extraTags, "name each tag once");
    checkInteger(this, "maxContextMiB", props.maxContextMiB, 1, 10240, "pass a number of MiB");
    checkInteger(this, "timeoutMinutes", props.timeoutMinutes, 1, 1440, "pass a number of minutes");
  }

  private secretArgs(): string[] {
    const names = Object.keys(this.props.buildArgs ?? {}).filter((each) =>
      /secret|password|passwd|token|api_?key|credential/i.test(each),
    );
    return names.length === 0
      ? []
      : [
          `build arg ${names.join(", ")}: build args are visible in the JSON, the state and the image's history; pass the value at run time with secretEnv`,
        ];
  }
}

import { Token } from "cdktf";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";

/** Docker Hub images without an organization: `nginx`. */
const OFFICIAL = /^[^/]+$/;

/** A registry whose images a remote repository caches. */
@checked
export class Upstream {
  /** Docker Hub: `ollama/ollama`, `vllm/vllm-openai`, and official images such as `nginx`. */
  public static dockerHub(): Upstream {
    return new Upstream("https://registry-1.docker.io", ["docker.io", "index.docker.io", "registry-1.docker.io"], true);
  }

  /** GitHub's registry, ghcr.io: `huggingface/text-embeddings-inference`. */
  public static gitHub(): Upstream {
    return Upstream.fromUri("https://ghcr.io");
  }

  /** NVIDIA's registry, nvcr.io: `nvidia/tritonserver`. */
  public static nvidia(): Upstream {
    return Upstream.fromUri("https://nvcr.io");
  }

  /** Red Hat's registry, quay.io. */
  public static quay(): Upstream {
    return Upstream.fromUri("https://quay.io");
  }

  /**
   * Any registry of Docker or OCI images that is reachable over the internet.
   *
   * @param uri `https://registry.example.com`, without a path if the registry has none. A literal:
   * the cache's name depends on it.
   */
  public static fromUri(uri: string): Upstream {
    const host = /^https:\/\/([a-z0-9.-]+(?::[0-9]+)?)(?:\/[^\s?#]*[^\s?#/])?$/.exec(uri)?.[1];
    if (Token.isUnresolved(uri) || host === undefined) {
      throw new ValidationError("Upstream.fromUri", {
        what: "uri",
        got: uri,
        allowed: "https:// and the registry's host, as a literal, without slash at the end",
        fix: 'pass it like "https://ghcr.io"; the image name comes later',
      });
    }
    if (/(^|\.)docker\.io(:|$)/.test(host)) {
      throw new ValidationError("Upstream.fromUri", {
        what: "uri",
        got: uri,
        allowed: "a registry other than Docker Hub",
        fix: "use Upstream.dockerHub(), which also spells the names of official images",
      });
    }
    return new Upstream(uri, [host], false);
  }

  private constructor(
    /** @internal */
    public readonly _uri: string,
    /** Hosts that users may write before its image names. @internal */
    public readonly _hosts: readonly string[],
    /** @internal */
    public readonly _isDockerHub: boolean,
  ) {}

  /** @internal */
  public _pathOf(name: string): string {
    return this._isDockerHub && !Token.isUnresolved(name) && OFFICIAL.test(name) ? `library/${name}` : name;
  }
}

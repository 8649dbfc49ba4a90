import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import { BuildContext } from "../../lib/image/build-context";
import { DockerIgnore, type Matched } from "../../lib/image/docker-ignore";

interface Files {
  readonly [path: string]: string;
}

const root = mkdtempSync(join(tmpdir(), "build-context-"));
const where = new TerraformStack(Testing.app(), "test");
let made = 0;

afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(files: Files): string {
  made += 1;
  const path = join(root, `${made}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) write(path, name, content);
  return path;
}

function write(path: string, name: string, content: string): void {
  mkdirSync(dirname(join(path, name)), { recursive: true });
  writeFileSync(join(path, name), content);
}

function hash(path: string, settings: unknown = []): string {
  return new BuildContext(where, path, "Dockerfile", 512).hash(settings);
}

/** Paths of what the build gets to see. */
function seen(files: Files, dockerfile = "Dockerfile"): string[] {
  const target = join(folder({}), "copy");
  new BuildContext(where, folder(files), dockerfile, 512).copyTo(target);
  return readdirSync(target, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(target, path)).isFile())
    .sort();
}

const APP: Files = { Dockerfile: "FROM scratch\nCOPY . /app\n", "src/main.js": "1", "src/b.js": "2", run: "3" };

describe("the hash", () => {
  test("is the same elsewhere, in another order of creation, and however often a file is touched", () => {
    const first = folder(APP);
    const second = folder(Object.fromEntries(Object.entries(APP).reverse()));
    utimesSync(join(second, "run"), 1, 1);
    chmodSync(join(second, "run"), 0o600);
    expect(hash(second)).toBe(hash(first));
    // A change of this text builds every image of every user again.
    expect(hash(first)).toBe("1ea2b3b487a5d4ac48ef66135b2aea0c5d11fb4267e44923947b91699d203b71");
  });

  test("is the same in whatever order a file system lists its files", () => {
    const path = folder(APP);
    const expected = hash(path);
    const listed = fs.readdirSync;
    const spy = jest.spyOn(fs, "readdirSync").mockImplementation(((at: string) => listed(at).reverse()) as never);
    expect(hash(path)).toBe(expected);
    expect(spy).toHaveBeenCalledTimes(2);
    spy.mockRestore();
  });

  test("changes with a byte, a name, a mode, a link, an empty folder and a setting", () => {
    const changes: ((path: string) => void)[] = [
      (path) => write(path, "src/main.js", "2"),
      (path) => write(path, "src/c.js", ""),
      (path) => write(path, "Dockerfile", "FROM scratch\n"),
      (path) => chmodSync(join(path, "run"), 0o755),
      (path) => symlinkSync("run", join(path, "link")),
      (path) => symlinkSync("src", join(path, "link")),
      (path) => mkdirSync(join(path, "link")),
      (path) => rmSync(join(path, "run")),
    ];
    const hashes = changes.map((change) => {
      const path = folder(APP);
      change(path);
      return hash(path);
    });
    expect(new Set([...hashes, hash(folder(APP)), hash(folder(APP), ["debug"])]).size).toBe(changes.length + 2);
  });

  test("does not change with what .dockerignore leaves out, nor with .dockerignore", () => {
    const ignoring = { ...APP, ".dockerignore": "node_modules\n*.log\n" };
    const littered = {
      ...ignoring,
      ".dockerignore": "# logs\n*.log\nnode_modules",
      "node_modules/a/b": "1",
      "x.log": "1",
    };
    expect(hash(folder(littered))).toBe(hash(folder(ignoring)));
    expect(hash(folder(ignoring))).toBe(hash(folder(APP)));
  });

  test("tells any two trees apart and depends on nothing but the tree", () => {
    const name = fc.constantFrom("a", "b", "ab", "é", "x y");
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join("/")}.f`);
    const tree = fc.dictionary(path, fc.constantFrom("", "1", "2", "1\n2"), { maxKeys: 4, noNullPrototype: true });
    const canonical = (files: Files) => JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        const same = canonical(one) === canonical(other);
        const reversed = Object.fromEntries(Object.entries(one).reverse());
        const first = hash(folder({ ...one, Dockerfile: "" }));
        expect(hash(folder({ Dockerfile: "", ...reversed }))).toBe(first);
        expect(hash(folder({ ...other, Dockerfile: "" })) === first).toBe(same);
      }),
      { numRuns: 40 },
    );
  });
});

test("the copy has the content, the times, and modes that do not depend on the machine", () => {
  const path = folder({ ...APP, ".dockerignore": "src/b.js" });
  chmodSync(join(path, "run"), 0o700);
  chmodSync(join(path, "src/main.js"), 0o600);
  utimesSync(join(path, "run"), 1000, 1000);
  symlinkSync("run", join(path, "link"));
  const target = join(folder({ "old/file": "" }), "copy");
  const context = new BuildContext(where, path, "Dockerfile", 512);
  context.copyTo(target);
  expect(readdirSync(dirname(target))).toEqual(["copy"]);
  expect(readdirSync(target, { recursive: true }).sort()).toEqual(["Dockerfile", "link", "run", "src", "src/main.js"]);
  const mode = (name: string) => statSync(join(target, name)).mode & 0o777;
  expect([mode("run"), mode("src/main.js"), statSync(join(target, "run")).mtimeMs]).toEqual([0o755, 0o644, 1_000_000]);
  expect(readFileSync(join(target, "link"), "utf8")).toBe("3");
  expect(new BuildContext(where, target, "Dockerfile", 512).hash([])).toBe(context.hash([]));
});

describe(".dockerignore", () => {
  test("that of the Dockerfile takes the place of the common one", () => {
    const files = {
      "app.Dockerfile": "",
      "app.Dockerfile.dockerignore": "b",
      ".dockerignore": "a",
      a: "",
      b: "",
      c: "",
    };
    expect(seen(files, "app.Dockerfile")).toEqual(["a", "app.Dockerfile", "c"]);
  });

  test("the Dockerfile is there for the build though it is ignored, and what an exception brings back below an ignored folder", () => {
    const files = {
      Dockerfile: "",
      ".dockerignore": "*\n!src\nsrc/*\n!**/keep.js",
      "src/a.js": "",
      "src/keep.js": "",
      "lib/keep.js": "",
      x: "",
    };
    expect(seen(files)).toEqual(["Dockerfile", "lib/keep.js", "src/keep.js"]);
    expect(seen({ Dockerfile: "", ".dockerignore": "a\n!a/b/keep", "a/b/keep": "", "a/b/c": "", "a/d": "" })).toEqual([
      "Dockerfile",
      "a/b/keep",
    ]);
  });

  // What moby/patternmatcher 0.6.0 says of them (2026-11-22); 60,000 random cases were compared when this was written.
  const PATHS = ["a", "a.b", "a.b/b", "a/b", "a/b/c", "ab", "b", "c", "c/a", "c/a/b", "c/[", "c/x+y"];
  test.each([
    ["a", "a a/b a/b/c"],
    ["/a/", "a a/b a/b/c"],
    ["./a/../b", "b"],
    ["*", "a a.b a.b/b a/b a/b/c ab b c c/a c/a/b c/[ c/x+y"],
    ["a?", "ab"],
    ["a.?", "a.b a.b/b"],
    ["a*", "a a.b a.b/b a/b a/b/c ab"],
    ["*/b", "a.b/b a/b a/b/c"],
    ["**/b", "a.b/b a/b a/b/c b c/a/b"],
    ["**b", "a.b a.b/b a/b a/b/c ab b c/a/b"],
    ["a/**", "a/b a/b/c"],
    ["c/**/b", "c/a/b"],
    ["[ab]", "a a/b a/b/c b"],
    ["[^a]", "b c c/a c/a/b c/[ c/x+y"],
    ["c/\\[", "c/["],
    ["c/x+y", "c/x+y"],
    ["a\n!a/b", "a"],
    ["a\n!a/b\na/b/c", "a a/b/c"],
    ["!a\na", "a a/b a/b/c"],
    ["**\n!c/a", "a a.b a.b/b a/b a/b/c ab b c c/[ c/x+y"],
    ["\uFEFF# comment\n\n  ab  ", "ab"],
  ])("%j ignores what Docker ignores", (text, ignored) => {
    const ignore = new DockerIgnore(where, ".dockerignore", text);
    const matched = new Map<string, Matched>();
    const found = PATHS.filter((path) => {
      const result = ignore.test(path, matched.get(dirname(path)));
      matched.set(path, result.matched);
      return result.ignored;
    });
    expect(found.join(" ")).toBe(ignored);
  });

  test("a byte order mark and comments are no part of a pattern", () => {
    const ignore = new DockerIgnore(where, ".dockerignore", "\uFEFFa\n#b");
    expect([ignore.test("a").ignored, ignore.test("#b").ignored]).toEqual([true, false]);
  });

  test.each(["[", "a/[b", "a\\", "!", "!/", "[z-a]"])("fails for %j, which Docker refuses", (line) => {
    expect(() => new DockerIgnore(where, ".dockerignore", `a\n${line}`)).toThrow(
      `[test] .dockerignore: got ${JSON.stringify(line)}, allowed is Docker's patterns`,
    );
  });
});

test("what looks like a credential is pointed out, and a .git folder", () => {
  const files = {
    ...APP,
    ".env": "",
    ".env.example": "",
    ".npmrc": "//registry.example.com/:_authToken=${NPM_TOKEN}",
    "web/.npmrc": "//registry.example.com/:_authToken=npm_1",
    "keys/tls.pem": "",
    "sa.json": '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}',
    "package.json": "{}",
    ".git/HEAD": "",
  };
  expect(new BuildContext(where, folder(files), "Dockerfile", 512).warnings()).toEqual([
    expect.stringMatching(/^\.env, keys\/tls\.pem, sa\.json, web\/\.npmrc in the build context: .*\.dockerignore$/),
    expect.stringMatching(/^\.git in the build context: /),
  ]);
  for (const path of [
    "h/.docker/config.json",
    ".aws/credentials",
    "terraform.dev.tfstate",
    "a.tfvars",
    ".git-credentials",
  ]) {
    const [warning] = new BuildContext(where, folder({ ...APP, [path]: "{}" }), "Dockerfile", 512).warnings();
    expect(warning).toContain(`${path} in the build context`);
  }
  for (const files of [APP, { ...APP, "docker/config.json": "{}", credentials: "" }]) {
    expect(new BuildContext(where, folder(files), "Dockerfile", 512).warnings()).toEqual([]);
  }
});

describe("fails for", () => {
  const context = (files: Files, dockerfile = "Dockerfile", maxMiB = 512) =>
    new BuildContext(where, folder(files), dockerfile, maxMiB);

  test("a folder that is missing, or none", () => {
    for (const directory of ["no/such/folder", join(folder(APP), "run")]) {
      expect(() => new BuildContext(where, directory, "Dockerfile", 512)).toThrow(
        `[test] directory: got ${JSON.stringify(directory)}, allowed is a folder that exists`,
      );
    }
  });

  test("a Dockerfile that is missing, with a near name as a hint", () => {
    expect(() => context({ "app.js": "" })).toThrow(
      /dockerfile: got "Dockerfile", allowed is a file in .*; write one, or set dockerfile/,
    );
    expect(() => context({ dockerfile: "" })).toThrow('did you mean "dockerfile"?');
  });

  test.each(["../Dockerfile", "/etc/Dockerfile", "a/../../Dockerfile"])(
    "the Dockerfile %s outside the context",
    (dockerfile) => {
      expect(() => context(APP, dockerfile)).toThrow(
        `[test] dockerfile: got "${dockerfile}", allowed is a path within the build context`,
      );
    },
  );

  test("a context over the limit, naming the largest files that count", () => {
    const large = {
      ...APP,
      ".dockerignore": "ignored",
      ignored: "x".repeat(3 << 20),
      "model.bin": "x".repeat(2 << 20),
      "half.bin": "x".repeat(1 << 19),
    };
    expect(() => context(large, "Dockerfile", 2)).toThrow(
      /size of the build context: got "2.5 MiB", allowed is at most maxContextMiB = 2; add what .* to \.dockerignore.*largest files are model\.bin \(2\.0 MiB\), half\.bin \(0\.5 MiB\)/,
    );
    expect(context(large, "Dockerfile", 3)).toBeDefined();
    expect(context({ Dockerfile: "", a: "x".repeat(1 << 20) }, "Dockerfile", 1)).toBeDefined();
  });
});

import { StorageBucket } from "@cdktf/provider-google/lib/storage-bucket";
import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member";
import { Construct } from "constructs";
import { Grants } from "../../lib/project/grants";
import { synth, testStack } from "../support";

const TYPE = "google_storage_bucket_iam_member";

function binding(scope: Construct, bucket = "b", role = "roles/storage.objectViewer", member = "user:a@example.com") {
  return Grants.of(scope).once(
    `bucket ${bucket}`,
    role,
    member,
    (within, id) => new StorageBucketIamMember(within, id, { bucket, role, member }),
  );
}

test("one binding for one resource, role and member, wherever in the stack it is asked for", () => {
  const stack = testStack();
  const first = binding(new Construct(stack, "A"));
  const second = binding(new Construct(new Construct(stack, "B"), "C"));
  expect(second).toBe(first);
  expect(synth(stack).ofType(TYPE)).toHaveLength(1);
});

test.each([
  ["resource", ["c"]],
  ["role", ["b", "roles/storage.objectUser"]],
  ["member", ["b", "roles/storage.objectViewer", "user:b@example.com"]],
])("another binding for another %s", (_what, other) => {
  const stack = testStack();
  binding(stack);
  binding(stack, ...other);
  expect(synth(stack).ofType(TYPE)).toHaveLength(2);
});

test("another stack has bindings of its own", () => {
  expect(binding(testStack())).not.toBe(binding(testStack()));
});

test("references to one resource are one resource, and give the same address whatever was built before", () => {
  const addresses = [0, 25].map((others) => {
    const stack = testStack();
    const bucket = new StorageBucket(stack, "Models", { name: "m", location: "EU" });
    for (let i = 0; i < others; i++) String(new StorageBucket(stack, `Other${i}`, { name: "o", location: "EU" }).name);
    binding(stack, bucket.name);
    binding(new Construct(stack, "Again"), bucket.name);
    const document = synth(stack);
    expect(document.ofType(TYPE)).toHaveLength(1);
    expect(document.target(document.ofType(TYPE)[0]!.values.bucket)?.path).toBe("test/Models");
    return document.ofType(TYPE)[0]!.address;
  });
  expect(addresses[0]).toBe(addresses[1]);
});

test("references to two resources are two resources", () => {
  const stack = testStack();
  for (const id of ["One", "Two"]) binding(stack, new StorageBucket(stack, id, { name: "m", location: "EU" }).name);
  expect(synth(stack).ofType(TYPE)).toHaveLength(2);
});

import { ValidationError } from "../../lib/core/errors";
import { clientPlace, regionsFrom } from "../../lib/preview/client-place";

test.each([
  ["europe-west3", "Frankfurt"],
  ["frankfurt", "Frankfurt"],
  ["Sao Paulo", "São Paulo"],
  ["lagos", "Lagos"],
  ["50.1, 8.7", "50.1, 8.7"],
])("finds %s", (text, name) => {
  expect(clientPlace(text).name).toBe(name);
});

test("orders regions by the round trip from the place", () => {
  const away = regionsFrom(clientPlace("frankfurt"));
  expect(away).toHaveLength(43);
  expect(away[0]!.region).toBe("europe-west3");
  const far = regionsFrom(clientPlace("tokyo"));
  expect(far[0]!.region).toBe("asia-northeast1");
  expect(far.map(({ roundTripMs }) => roundTripMs)).toEqual(
    [...far.map((each) => each.roundTripMs)].sort((a, b) => a - b),
  );
});

test("fails for an unknown place, with the likely one", () => {
  expect(() => clientPlace("Frankfrt")).toThrow(ValidationError);
  expect(() => clientPlace("Lagoss")).toThrow('did you mean "Lagos"?');
});

test("fails for coordinates off the Earth", () => {
  expect(() => clientPlace("150,8")).toThrow('[preview] from: got "150,8", allowed is a latitude from -90 to 90');
  expect(() => clientPlace("8,181")).toThrow("a longitude from -180 to 180");
});

import { Demand, demandCountries } from "../../lib/planning/demand";

const total = (demand: Demand) => demand.points.reduce((sum, { weight }) => sum + weight, 0);
const countries = (demand: Demand) => [...new Set(demand.points.map(({ country }) => country))];

test("internet users are 4.66 thousand million, in 208 countries, at 360 places", () => {
  const demand = Demand.internetUsers();
  expect(demand.points).toHaveLength(360);
  expect(total(demand) / 1e9).toBeCloseTo(4.66, 2);
  expect(countries(demand)).toHaveLength(208);
});

test("every country lies on a continent, and its places on Earth", () => {
  for (const { continent, places } of demandCountries().values()) {
    expect(["AF", "AS", "EU", "NA", "OC", "SA"]).toContain(continent);
    for (const { latitude, longitude, weight } of places) {
      expect(Math.abs(latitude)).toBeLessThan(80);
      expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
      expect(weight).toBeGreaterThan(0);
    }
  }
});

test("leaves out countries without clients", () => {
  expect(countries(Demand.internetUsers(["CN", "IN"]))).not.toContain("CN");
});

test("spreads a country's weight over its cities", () => {
  const demand = Demand.countries({ DE: 3, FR: 1 });
  expect(countries(demand)).toEqual(["DE", "FR"]);
  expect(total(demand)).toBeCloseTo(4);
  const german = demand.points.filter(({ country }) => country === "DE");
  expect(german.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(3);
});

test("finds cities without accents and case, and by country where two have a name", () => {
  const [berlin, sao] = Demand.cities({ berlin: 3, "sao paulo, BR": 1 }).points;
  expect(berlin).toMatchObject({ name: "Berlin", country: "DE", weight: 3 });
  expect(sao).toMatchObject({ name: "São Paulo", country: "BR", weight: 1 });
});

test("reads CSV with header, comments and country", () => {
  const { points } = Demand.csv("lat,lon,weight\n# offices\n52.5,13.4,10,DE\n\n48.9,2.3,5\n");
  expect(points).toEqual([
    { latitude: 52.5, longitude: 13.4, weight: 10, country: "DE" },
    { latitude: 48.9, longitude: 2.3, weight: 5 },
  ]);
});

test.each<[string, () => Demand, string]>([
  ["a country by its name", () => Demand.countries({ Germany: 1 }), 'did you mean "DE"?'],
  ["a misspelled name", () => Demand.countries({ Gemany: 1 }), 'did you mean "DE"?'],
  ["UK", () => Demand.countries({ UK: 1 }), 'did you mean "GB"?'],
  ["lower case", () => Demand.internetUsers(["de"]), 'did you mean "DE"?'],
  ["a code that is none", () => Demand.countries({ QQ: 1 }), 'country: got "QQ"'],
  ["a weight of 0", () => Demand.countries({ DE: 0 }), "weight of DE: got 0, allowed is a number above 0"],
  ["a weight below 0", () => Demand.cities({ Berlin: -1 }), "weight of Berlin: got -1"],
  ["a misspelled city", () => Demand.cities({ Berln: 1 }), 'did you mean "Berlin"?'],
  ["no place", () => Demand.places([]), "at least one place with clients"],
  [
    "a place off the Earth",
    () => Demand.places([{ latitude: 91, longitude: 0, weight: 1 }]),
    "latitude of place 1: got 91",
  ],
  ["a line without weight", () => Demand.csv("lat,lon,weight\n1,2\n"), "weight of line 2"],
  ["a line that is no number", () => Demand.csv("1,2,3\nx,2,3\n"), "latitude of line 2"],
  ["longitude and latitude the wrong way", () => Demand.csv("139.7,35.7,1\n"), "latitude of line 1: got 139.7"],
])("fails for %s", (_, action, message) => {
  expect(action).toThrow(message);
});

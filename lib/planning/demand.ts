import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { nearest } from "../language/nearest";
import { DEMAND_POINTS } from "./demand-points";

/** Where clients are, and how many of them. */
export interface DemandPlace {
  /** In degrees, north positive. */
  readonly latitude: number;
  /** In degrees, east positive. */
  readonly longitude: number;
  /** Share of the clients here, in any unit: users, requests. */
  readonly weight: number;
  /** Name of the place. @default its coordinates */
  readonly name?: string;
  /** ISO 3166-1 alpha-2 code, for residency and calibration. @default that of no country */
  readonly country?: string;
}

interface Country {
  readonly code: string;
  readonly name: string;
  readonly continent: string;
  readonly places: readonly DemandPlace[];
}

let countries: ReadonlyMap<string, Country> | undefined;

/** Countries by their code, with their internet users at a few places. */
export function demandCountries(): ReadonlyMap<string, Country> {
  countries ??= new Map(
    DEMAND_POINTS.map(([code, continent, name, cities]) => {
      const places = cities.split("|").map((city) => {
        const [cityName = "", latitude, longitude, thousands] = city.split(":");
        const weight = 1000 * Number(thousands);
        return { name: cityName, country: code, latitude: Number(latitude), longitude: Number(longitude), weight };
      });
      return [code, { code, name, continent, places }];
    }),
  );
  return countries;
}

/**
 * Where clients are: what a region plan is made for.
 *
 * Weights count in relation to each other only. Countries' own are internet users, 2020 and 2021
 * (World Bank), spread over their cities by population (GeoNames): 360 places in 208 countries.
 */
@checked
export class Demand {
  /**
   * Everyone who uses the internet.
   *
   * @param without Codes of countries to leave out, such as those where you have no clients.
   * @throws ValidationError for an unknown country.
   */
  public static internetUsers(without: string[] = []): Demand {
    for (const code of without) country(code);
    return new Demand(
      [...demandCountries().values()].filter(({ code }) => !without.includes(code)).flatMap(({ places }) => places),
    );
  }

  /**
   * Clients in some countries, spread over their cities as internet users are.
   *
   * @param weights By ISO 3166-1 alpha-2 code: `{ DE: 3, FR: 1 }`.
   * @throws ValidationError for an unknown country or a weight that is not above 0.
   */
  public static countries(weights: { [code: string]: number }): Demand {
    return new Demand(
      Object.entries(weights).flatMap(([code, weight]) => {
        const { places } = country(code);
        checkWeight(code, weight);
        const total = places.reduce((sum, place) => sum + place.weight, 0);
        return places.map((place) => ({ ...place, weight: (weight * place.weight) / total }));
      }),
    );
  }

  /**
   * Clients in some of the 360 cities; `places` is for any others.
   *
   * @param weights By name, with the country where several have it: `{ "London, GB": 1 }`.
   * @throws ValidationError for an unknown city or a weight that is not above 0.
   */
  public static cities(weights: { [name: string]: number }): Demand {
    return new Demand(
      Object.entries(weights).map(([name, weight]) => {
        checkWeight(name, weight);
        return { ...city(name), weight };
      }),
    );
  }

  /** @throws ValidationError for coordinates off the Earth, or a weight that is not above 0. */
  public static places(places: DemandPlace[]): Demand {
    return new Demand(places);
  }

  /**
   * Lines of latitude, longitude, weight and, where known, country code. A first line with other
   * than numbers is a header, lines with `#` are comments.
   *
   * @throws ValidationError that names the line.
   */
  public static csv(text: string): Demand {
    const places: DemandPlace[] = [];
    text.split(/\r?\n/).forEach((line, index) => {
      if (line.trim() === "" || line.startsWith("#")) return;
      const cells = line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
      const [latitude, longitude, weight = Number.NaN] = cells
        .slice(0, 3)
        .map((cell) => (cell === "" ? Number.NaN : Number(cell)));
      if (index === 0 && cells.slice(0, 3).every((cell) => Number.isNaN(Number(cell)))) return;
      const code = cells[3] === "" ? undefined : cells[3];
      const place = {
        latitude: latitude!,
        longitude: longitude!,
        weight,
        ...(code === undefined ? {} : { country: code }),
      };
      checkPlace(`line ${index + 1}`, place);
      places.push(place);
    });
    return new Demand(places);
  }

  private constructor(public readonly points: DemandPlace[]) {
    if (points.length === 0) {
      throw new ValidationError("Demand", {
        what: "places",
        got: "none",
        allowed: "at least one place with clients",
        fix: "name a country, a city or a place",
      });
    }
    points.forEach((place, index) => {
      checkPlace(place.name ?? `place ${index + 1}`, place);
    });
  }
}

/** @throws ValidationError for an unknown country; suggests one. */
function country(code: string): Country {
  const all = demandCountries();
  const found = all.get(code);
  if (found) return found;
  const named = [...all.values()].find(({ name }) => plainName(name) === plainName(code));
  const likely = nearest(
    plainName(code),
    [...all.values()].map(({ name }) => plainName(name)),
  );
  const meant =
    named?.code ??
    all.get(code.toUpperCase())?.code ??
    ({ UK: "GB", EL: "GR" } as Readonly<Record<string, string>>)[code.toUpperCase()] ??
    (code.length > 3 ? [...all.values()].find(({ name }) => plainName(name) === likely)?.code : undefined);
  throw new ValidationError("Demand", {
    what: "country",
    got: code,
    allowed: "an ISO 3166-1 alpha-2 code of a country with internet users, such as DE",
    fix: meant ? `did you mean "${meant}"?` : "look the code up, or give places by coordinates",
  });
}

function city(given: string): DemandPlace {
  const [name = "", code] = given.split(",").map((part) => part.trim());
  const all = [...demandCountries().values()].flatMap(({ places }) => places);
  const found = all.filter(
    (place) => plainName(place.name!) === plainName(name) && (code === undefined || place.country === code),
  );
  if (found.length === 1) return found[0]!;
  const likely = nearest(
    plainName(name),
    all.map((place) => plainName(place.name!)),
  );
  const meant = all.find((place) => plainName(place.name!) === likely);
  throw new ValidationError("Demand", {
    what: "city",
    got: given,
    allowed: "one of the 360 cities of the catalogue",
    fix:
      found.length > 1
        ? `add the country: ${found.map((place) => `"${place.name}, ${place.country}"`).join(" or ")}`
        : `${meant ? `did you mean "${meant.name}"? Else ` : ""}give the place by its coordinates`,
  });
}

/** A name of a place without accents and case. */
export function plainName(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
}

function checkWeight(where: string, weight: number): void {
  if (weight > 0 && Number.isFinite(weight)) return;
  throw new ValidationError("Demand", {
    what: `weight of ${where}`,
    got: weight,
    allowed: "a number above 0",
    fix: "leave the place out if it has no clients",
  });
}

function checkPlace(where: string, { latitude, longitude, weight, country: code }: DemandPlace): void {
  const check = (what: string, value: number, most: number) => {
    if (value >= -most && value <= most) return;
    throw new ValidationError("Demand", {
      what: `${what} of ${where}`,
      got: value,
      allowed: `degrees from -${most} to ${most}`,
      fix: "give latitude, then longitude, in decimal degrees",
    });
  };
  check("latitude", latitude, 90);
  check("longitude", longitude, 180);
  checkWeight(where, weight);
  if (code !== undefined) country(code);
}

import type { ComputeRegionInstanceTemplateReservationAffinity } from "@cdktf/provider-google/lib/compute-region-instance-template";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";

const NAME = /^(projects\/[a-z0-9:.-]+\/reservations\/)?[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Whether machines use reserved capacity (Compute API v1, ReservationAffinity, read 2026-11-22).
 * Reservations are zonal, and a template takes one name: for several zones, create one of the same
 * name in each.
 */
@checked
export class Reservations {
  /** Every matching open reservation, then on-demand capacity. */
  public static any(): Reservations {
    return new Reservations("ANY_RESERVATION");
  }

  /** On-demand capacity only: reservations are left to others. */
  public static none(): Reservations {
    return new Reservations("NO_RESERVATION");
  }

  /**
   * Only this reservation. It also limits the surge of a rollout.
   *
   * @param name `NAME`, or `projects/PROJECT/reservations/NAME` for a shared one.
   */
  public static specific(name: string): Reservations {
    return new Reservations("SPECIFIC_RESERVATION", name);
  }

  private constructor(
    private readonly type: string,
    private readonly name?: string,
  ) {}

  /** @internal */
  public _render(where: IConstruct, spot: boolean): ComputeRegionInstanceTemplateReservationAffinity {
    if (spot && this.type !== "NO_RESERVATION") {
      throw new ValidationError(where, {
        what: "reservations",
        got: "reserved capacity for Spot machines",
        allowed: "Reservations.none() with spot: true",
        fix: "leave reservations out, and use a second group of standard machines for the reserved capacity",
      });
    }
    checkPattern(
      where,
      "reservations",
      this.name,
      NAME,
      "NAME or projects/PROJECT/reservations/NAME",
      "name the reservation as `gcloud compute reservations list` does",
    );
    if (this.name === undefined) return { type: this.type };
    return {
      type: this.type,
      specificReservation: { key: "compute.googleapis.com/reservation-name", values: [this.name] },
    };
  }
}

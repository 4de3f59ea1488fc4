/** How far one place is from another by the great circle: as the crow flies, not as the ambulance drives. */

/** Degrees. */
export type Place = { readonly latitude: number; readonly longitude: number };

/** The mean radius of the earth after the IUGG; the true one differs by 0.3 %. */
const EARTH_RADIUS_KM = 6_371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** By the haversine, which stays exact for places next to each other. */
export function distanceKm(from: Place, to: Place): number {
  const latitudes = radians(to.latitude - from.latitude);
  const longitudes = radians(to.longitude - from.longitude);
  const haversine =
    Math.sin(latitudes / 2) ** 2 +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * Math.sin(longitudes / 2) ** 2;
  // Rounding can take it a hair above 1 for places opposite each other.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

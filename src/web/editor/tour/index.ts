/** The newcomer's tour of the image page. */

export { TourCard } from "./tour-card.tsx";
export { Tour } from "./tour-keeper.ts";

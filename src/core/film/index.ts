/** Public surface of `core/film`: tracks drawn over their movie. */

export { createFilm, type Film, type FilmOptions, type FilmStyle, filmScale, filmStyles } from "./film.ts";
export { filmPalette } from "./film-palette.ts";

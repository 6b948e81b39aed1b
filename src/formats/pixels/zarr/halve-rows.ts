/**
 * Halving a plane that comes in bands of rows: the same pixels as `halveByMean` of the whole plane.
 *
 * A row without its partner waits for the next band, so bands may have any height; levels of a pyramid are made one from
 * the other by chaining these.
 */
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { halveByMean } from "./pyramid.ts";

export interface RowHalver {
  /** @param rows  whole rows that follow the last ones. @returns the rows of the smaller level that are known now. */
  add(rows: TypedArrays[Dtype]): TypedArrays[Dtype];
  /** The last row, when the plane has an odd height; empty else. */
  end(): TypedArrays[Dtype];
}

/** @param width  of the rows that come in; those that go out have ceil(width / 2). */
export function createRowHalver(dtype: Dtype, width: number): RowHalver {
  let waiting = typedArray(dtype, 0);
  const halved = (data: TypedArrays[Dtype]): TypedArrays[Dtype] =>
    data.length === 0
      ? data
      : halveByMean({ dtype, axes: "yx", shape: [data.length / width, width], data }).data;
  return {
    add(rows) {
      assert(rows.length % width === 0, "bands are whole rows");
      const joined = waiting.length === 0 ? rows : joinedRows(dtype, waiting, rows);
      const pairs = Math.floor(joined.length / width / 2) * 2 * width;
      waiting = joined.slice(pairs);
      return halved(joined.subarray(0, pairs));
    },
    end() {
      const last = halved(waiting);
      waiting = typedArray(dtype, 0);
      return last;
    },
  };
}

function joinedRows(dtype: Dtype, first: TypedArrays[Dtype], then: TypedArrays[Dtype]): TypedArrays[Dtype] {
  const out = typedArray(dtype, first.length + then.length);
  out.set(first as never, 0);
  out.set(then as never, first.length);
  return out;
}

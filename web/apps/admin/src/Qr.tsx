import { encode } from "uqr";
import { useMemo } from "react";

/** As one path: black squares on white in both themes, since cameras want it so. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(text, { ecc: "M", border: 3 });
    let path = "";
    for (const [y, row] of data.entries()) for (const [x, isDark] of row.entries()) if (isDark) path += `M${x} ${y}h1v1h-1z`;
    return { path, size };
  }, [text]);
  return <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges"><rect width={size} height={size} fill="#ffffff" /><path d={path} fill="#000000" /></svg>;
}

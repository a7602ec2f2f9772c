package io.holdfast.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Ratios as bars: left of the line, Holdfast takes less than pgBackRest. */
final class Plot {
    private static final int LEFT = 210;
    private static final int UNIT = 260;
    private static final int BAR = 14;
    private static final int GROUP = 3 * BAR + 16;
    private static final double MOST = 2;
    private static final int TOP = 70;
    private static final Map<String, String> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put("wall", "#2f6f9f");
        COLOURS.put("CPU", "#d98e32");
        COLOURS.put("stored", "#6a9955");
    }

    private static final List<ToDoubleFunction<Measurement>> NUMBERS =
            List.of(Measurement::wall, Measurement::cpu, Measurement::stored);

    private Plot() {}

    static String of(Report report, String title) {
        int height = TOP + report.cases().size() * GROUP + 30;
        int width = LEFT + (int) (UNIT * MOST) + 70;
        StringBuilder svg = new StringBuilder();
        svg.append(("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">\n")
                .formatted(width, height, width, height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(svg, 10, 20, "start", "Holdfast : pgBackRest. " + title);
        int at = LEFT;
        List<String> names = List.copyOf(COLOURS.keySet());
        for (String name : names) {
            bar(svg, at, 34, 14, COLOURS.get(name));
            text(svg, at + 20, 46, "start", name);
            at += 80;
        }
        int y = TOP;
        for (Map.Entry<String, Map<String, Measurement>> each : report.cases().entrySet()) {
            text(svg, LEFT - 10, y + GROUP / 2, "end", each.getKey());
            for (int i = 0; i < names.size(); i++) {
                double ratio = Report.ratio(each.getValue(), NUMBERS.get(i));
                if (!Double.isNaN(ratio)) {
                    int length = (int) (Math.min(ratio, MOST) * UNIT);
                    bar(svg, LEFT, y + i * BAR, length, COLOURS.get(names.get(i)));
                    text(svg, LEFT + length + 5, y + i * BAR + 11, "start", String.format(Locale.ROOT, "%.2f", ratio));
                }
            }
            y += GROUP;
        }
        svg.append("<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#444\" stroke-dasharray=\"4 3\"/>\n"
                .formatted(LEFT + UNIT, LEFT + UNIT, TOP - 8, y));
        text(svg, LEFT + UNIT, y + 16, "middle", "as much");
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, int x, int y, int width, String colour) {
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
                .formatted(x, y, width, BAR - 1, colour));
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String words) {
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n".formatted(x, y, anchor, words));
    }
}

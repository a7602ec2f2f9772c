package io.holdfast.restore.drill;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A drill's report as a page for people: one file that needs nothing else, and runs nothing. */
final class ReportPage {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static final List<String> COLOURS =
            List.of("#3b6ea8", "#8fb3d9", "#2f855a", "#c98b2b", "#8a94a0", "#6b4fa0");

    private ReportPage() {}

    static String of(DrillReport report) {
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>Restore drill of %1$s</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; color: #1c2733; background: #f5f6f8; margin: 0; }
            main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
            .verdict { padding: 1.2rem 1.5rem; border-radius: .5rem; color: #fff; background: %2$s; }
            .verdict p { margin: .3rem 0 0; }
            .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 1rem 0; }
            .card { background: #fff; border-radius: .5rem; padding: 1rem; }
            .card b { display: block; font-size: 1.4rem; }
            .bar { display: flex; height: 1.5rem; border-radius: .3rem; overflow: hidden; background: #dde2e8; }
            .bar span { min-width: 2px; }
            table { width: 100%%; border-collapse: collapse; background: #fff; border-radius: .5rem; }
            th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #e6e9ed; vertical-align: top; }
            td { overflow-wrap: anywhere; }
            .good { color: #176b3a; } .bad { color: #b3261e; font-weight: 600; } .none { color: #6b7580; }
            footer { color: #6b7580; margin: 2rem 0; font-size: .85rem; }
            </style>
            </head>
            <body><main>
            <div class="verdict"><h1>%3$s</h1><p>%4$s</p></div>
            <div class="cards">%5$s</div>
            <h2>How long it took</h2>
            <div class="bar">%6$s</div>
            <table><tr><th>phase</th><th>seconds</th></tr>%7$s</table>
            <h2>What was looked at</h2>
            <table><tr><th></th><th>check</th><th>database</th><th>found</th></tr>%8$s</table>
            <h2>Rows</h2>
            <table><tr><th>database</th><th>table</th><th>rows</th></tr>%9$s</table>
            <footer>Drill %10$s of backup %11$s, repository %12$s, site %13$s, seed %14$d. Begun %15$s, ended %16$s.</footer>
            </main></body>
            </html>
            """.formatted(
                        text(report.target()),
                        report.passed() ? "#176b3a" : "#b3261e",
                        text(
                                report.passed()
                                        ? report.target() + " can be brought back"
                                        : report.target() + " was not brought back as it has to be"),
                        text(verdict(report)),
                        cards(report),
                        bar(report.measures().phases()),
                        phases(report.measures().phases()),
                        checks(report.checks()),
                        rows(report.rows()),
                        text(report.drill()),
                        text(report.backup()),
                        text(report.repository()),
                        text(report.site()),
                        report.seed(),
                        TIME.format(report.startedAt()),
                        TIME.format(report.finishedAt()));
    }

    private static String verdict(DrillReport report) {
        if (report.passed()) {
            return "A backup was restored in a sandbox, recovered, started and looked at on "
                    + TIME.format(report.finishedAt()) + ".";
        }
        String reason =
                report.reason() == null ? "" : report.reason().wireName().replace('_', ' ') + ": ";
        return reason
                + (report.failure() == null
                        ? "the event of this drill says more."
                        : report.failure().message() + " What to do: "
                                + report.failure().hint());
    }

    private static String cards(DrillReport report) {
        DrillMeasures measured = report.measures();
        return card("until the first query (RTO)", seconds(measured.rtoSeconds()))
                + card("would have been lost (RPO)", seconds(measured.rpoSeconds()))
                + card("recoverable to", time(measured.recoverableTo()))
                + card(
                        "recovered to",
                        measured.reached() == null
                                ? report.passed() ? "the backup's end" : "–"
                                : "timeline " + measured.reached().timeline() + ", "
                                        + measured.reached().lsn())
                + card("brought back", measured.bytes() == null ? "–" : bytes(measured.bytes()));
    }

    private static String card(String name, String value) {
        return "<div class=\"card\"><b>" + text(value) + "</b>" + text(name) + "</div>\n";
    }

    private static String bar(List<Phase> phases) {
        double all = phases.stream().mapToDouble(Phase::seconds).sum();
        StringBuilder bar = new StringBuilder();
        for (int i = 0; i < phases.size(); i++) {
            double share = all == 0 ? 0 : 100 * phases.get(i).seconds() / all;
            bar.append("<span title=\"%s\" style=\"width: %.2f%%; background: %s\"></span>"
                    .formatted(text(phases.get(i).name()), share, COLOURS.get(i % COLOURS.size())));
        }
        return bar.toString();
    }

    private static String phases(List<Phase> phases) {
        StringBuilder rows = new StringBuilder();
        phases.forEach(each ->
                rows.append("<tr><td>%s</td><td>%.1f</td></tr>\n".formatted(text(each.name()), each.seconds())));
        return rows.toString();
    }

    /** What failed comes first. */
    private static String checks(List<DrillCheck> checks) {
        StringBuilder rows = new StringBuilder();
        checks.stream()
                .sorted(Comparator.comparing((DrillCheck each) -> !each.failed()))
                .forEach(each -> rows.append("<tr><td class=\"%s\">%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                        .formatted(
                                each.passed() == null ? "none" : each.passed() ? "good" : "bad",
                                each.passed() == null ? "not looked at" : each.passed() ? "good" : "bad",
                                text(each.name()),
                                text(each.database()),
                                text(each.detail()))));
        return rows.toString();
    }

    private static String rows(List<CountedTable> counted) {
        StringBuilder rows = new StringBuilder();
        counted.forEach(each -> rows.append("<tr><td>%s</td><td>%s</td><td>%d</td></tr>\n"
                .formatted(text(each.database()), text(each.table()), each.rows())));
        return rows.toString();
    }

    private static String seconds(@Nullable Double value) {
        if (value == null) {
            return "–";
        }
        if (value < 120) {
            return "%.1f s".formatted(value);
        }
        return value < 7200 ? "%.0f min".formatted(value / 60) : "%.1f h".formatted(value / 3600);
    }

    private static String bytes(long value) {
        return value < (1L << 20)
                ? "%.1f KiB".formatted(value / 1024.0)
                : value < (1L << 30)
                        ? "%.1f MiB".formatted(value / 1048576.0)
                        : "%.1f GiB".formatted(value / 1073741824.0);
    }

    private static String time(@Nullable Instant value) {
        return value == null ? "–" : TIME.format(value);
    }

    private static String text(@Nullable String value) {
        return value == null
                ? ""
                : value.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;")
                        .replace("'", "&#39;");
    }
}

package io.holdfast.cli.output;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far some work is.
 *
 * @param phase          what is done just now
 * @param bytesDone      how much is done
 * @param bytesTotal     how much there is, where known
 * @param bytesPerSecond the rate of the last seconds
 * @param secondsLeft    an estimate, where known
 */
public record Progress(
        String phase, long bytesDone, OptionalLong bytesTotal, long bytesPerSecond, OptionalLong secondsLeft) {

    private static final int BAR = 24;

    /** One line for people, with a bar where the total is known. */
    public String line(String work) {
        StringBuilder line = new StringBuilder(work).append(": ").append(phase).append("  ");
        if (bytesTotal.isPresent() && bytesTotal.getAsLong() > 0) {
            double share = Math.min(1, (double) bytesDone / bytesTotal.getAsLong());
            int full = (int) (share * BAR);
            line.append('[')
                    .append("#".repeat(full))
                    .append("-".repeat(BAR - full))
                    .append("] ")
                    .append((int) (share * 100))
                    .append(" %  ")
                    .append(Amounts.bytes(bytesDone))
                    .append(" of ")
                    .append(Amounts.bytes(bytesTotal.getAsLong()));
        } else {
            line.append(Amounts.bytes(bytesDone));
        }
        if (bytesPerSecond > 0) {
            line.append("  ").append(Amounts.bytes(bytesPerSecond)).append("/s");
        }
        secondsLeft.ifPresent(left -> line.append("  ")
                .append(Amounts.duration(Duration.ofSeconds(left)))
                .append(" left"));
        return line.toString();
    }
}

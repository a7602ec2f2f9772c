package io.holdfast.cli.command;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it, in powers of 1000: {@code 500kB}, {@code 30MB}, {@code 1GB}. */
final class SizeArgument implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\s*(KB|MB|GB|TB)");

    @Override
    public Long convert(String text) {
        Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a size; write 30MB or 1GB");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "KB" -> amount * 1_000;
            case "MB" -> amount * 1_000_000;
            case "GB" -> amount * 1_000_000_000;
            default -> amount * 1_000_000_000_000L;
        };
    }
}

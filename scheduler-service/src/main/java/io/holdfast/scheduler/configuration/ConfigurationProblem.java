package io.holdfast.scheduler.configuration;

/**
 * One thing that is wrong with a configuration, for the person who wrote it.
 *
 * @param line   counted from 1
 * @param column counted from 1
 * @param what   what is wrong; never holds a value that may be a secret
 * @param hint   what to write instead
 */
public record ConfigurationProblem(int line, int column, String what, String hint) {

    /** As it is shown: {@code holdfast.yaml:7:5: what. HINT: hint}. */
    public String describe(String file) {
        return file + ":" + line + ":" + column + ": " + what + ". HINT: " + hint;
    }
}

package io.holdfast.scheduler.catalog;

/** The catalog is not the one that was read along with: it was made anew, and has to be read from its own positions. */
final class GenerationChangedException extends RuntimeException {

    GenerationChangedException() {
        super("the catalog was made anew");
    }
}

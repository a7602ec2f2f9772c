package io.holdfast.repository.manifest;

import io.holdfast.repository.index.FilePath;
import java.util.Optional;

/**
 * Something a backup holds that is not as it should be, known when it was made, such as a page whose checksum was wrong
 * on the server.
 *
 * @param what a short fixed word, such as {@code page_checksum}
 * @param file the file, if it concerns one
 * @param detail for people: which pages, what was found
 */
public record NotedException(String what, Optional<FilePath> file, String detail) {}

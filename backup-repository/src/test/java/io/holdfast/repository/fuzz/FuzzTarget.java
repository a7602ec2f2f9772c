package io.holdfast.repository.fuzz;

import java.util.List;

/** Something that takes bytes apart, which may come from anybody. */
public interface FuzzTarget {
    /** How it is called; also the folder of its corpus. */
    String label();

    /**
     * Takes an input apart. Exceptions that the parser declares for bad input are caught here; whatever else comes out is
     * a fault.
     */
    void take(byte[] input) throws Exception;

    /** Inputs that are right, to begin from. */
    List<byte[]> seeds() throws Exception;
}

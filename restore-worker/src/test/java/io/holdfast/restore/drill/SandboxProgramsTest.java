package io.holdfast.restore.drill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SandboxProgramsTest {
    @Test
    void a_page_that_was_named_counts_also_where_the_summary_is_cut_off() {
        assertThat(SandboxPrograms.saysBadPage("""
                        pg_checksums: error: checksum verification failed in file "/d/base/5/16384", block 7: calculated checksum 9F2C but block contains B1A4
                        pg_checksums: error: checksum verification fai""")).isTrue();
        assertThat(SandboxPrograms.saysBadPage("pg_checksums: error: data checksums are not enabled in cluster\n"))
                .isFalse();
    }

    @Test
    void a_relation_that_was_named_counts_also_where_the_look_was_not_finished() {
        assertThat(SandboxPrograms.saysCorrupt("""
                        heap table "shop.public.orders", block 3, offset 12:
                            xmin 4026531839 equals or exceeds next valid transaction ID 0:812
                        pg_amcheck: error: query failed: server closed the connection unexpectedly
                        """)).isTrue();
        assertThat(SandboxPrograms.saysCorrupt(
                        "btree index \"shop.public.orders_pkey\":\n    ERROR:  item order invariant violated\n"))
                .isTrue();
        assertThat(
                        SandboxPrograms.saysCorrupt(
                                "pg_amcheck: warning: in database \"shop\": checking schema \"bt_index\"\npg_amcheck: error: connection to server failed\n"))
                .isFalse();
    }
}

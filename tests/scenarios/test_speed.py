from __future__ import annotations
import time
def test_speed(fresh):
    t=time.time()
    with fresh() as given:
        print("db", time.time()-t)
        c = given.customer()
        p = given.flat_plan("1200", interval_months=12, billed_in="advance")
        given.subscription(c, p, starts="2024-01-01", code="S", anchor="2024-01-01")
        for m in ["2023-12", "2024-01","2024-02"]:
            t=time.time(); given.run(m); print("run", time.time()-t)
        for _ in range(3):
            t=time.time(); given.connection.execute("select * from billing.rating_differences('2020-01-01','2030-01-01')"); print("second", time.time()-t)
            t=time.time(); given.broken(); print("broken", time.time()-t)
        t=time.time()
    print("drop", time.time()-t)

neuralnav compile

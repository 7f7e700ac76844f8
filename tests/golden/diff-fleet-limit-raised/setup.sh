sed -i 's/15000/40000/' neuralnav.yaml

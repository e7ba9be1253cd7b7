"""견주는 라이브러리: PyTorch와 JAX. 설치되어 있지 않으면 None입니다. 모두 코어 하나, float64로 돌게 합니다.

환경 변수는 NumPy와 JAX를 불러오기 전에 정해야 하므로, 재는 프로그램은 이 모듈을 가장 먼저 불러옵니다.
"""

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", JAX_ENABLE_X64="1",
                  XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

try:
    import torch
    torch.set_num_threads(1)
except ImportError:
    torch = None
try:
    import jax
except ImportError:
    jax = None
